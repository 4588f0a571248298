"""How a fitted model is kept and asked, by the library it is of: the scaffold's modules for it, and what they require."""

from collections.abc import Mapping
from typing import NamedTuple

STAGES = "running/stages/"


class Store(NamedTuple):
    """Modules by their path in the package, with their place in the scaffold; and requirements."""

    modules: Mapping[str, str]
    requires: tuple[str, ...] = ()


BUNDLE = Store({})
KERAS = Store({"store.py": f"{STAGES}network_store.py"}, ("keras>=3.0", "tensorflow>=2.16"))
TENSORS = {"tensors.py": f"{STAGES}tensors.py"}
STATE = Store({"store.py": f"{STAGES}state_store.py", **TENSORS}, ("torch>=2.1",))
MODULE = Store({"store.py": f"{STAGES}module_store.py", **TENSORS}, ("torch>=2.1",))
BOOSTER = Store({"store.py": f"{STAGES}booster_store.py"}, ("xgboost>=2.0",))
NETWORKS = (KERAS, STATE, MODULE)
