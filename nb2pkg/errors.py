"""The few ways nb2pkg itself can fail; each carries the place and is caught once, in the command line."""


class Nb2pkgError(Exception):
    """Something the user can put right: a bad file, rule pack, table or configuration. Ends with exit code 2."""


class ConfigError(Nb2pkgError):
    """A configuration file or option says something it cannot mean."""


class PackError(Nb2pkgError):
    """A rule, a card or an API table did not load."""


class ExtractError(Nb2pkgError):
    """The notebook cannot be extracted; the message says what to repair first."""


class VerifyError(Nb2pkgError):
    """The verification could not run at all."""
