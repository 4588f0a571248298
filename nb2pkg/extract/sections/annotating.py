"""Give the notebook's functions what a typed package asks of them: annotations and, where there is none, a docstring."""

import libcst as cst

ANY = cst.Annotation(cst.Name("Any"))
NONE = cst.Annotation(cst.Name("None"))


def annotated(source: str, docstring: str = "") -> str:
    """The source of a statement, its functions annotated; ``docstring`` for a definition that has none of its own."""
    module = cst.parse_module(source)
    changed = module.visit(_Annotate())
    if docstring and changed.body and isinstance(changed.body[0], cst.FunctionDef | cst.ClassDef):
        first = changed.body[0]
        if first.get_docstring() is None:
            changed = changed.with_changes(body=[_documented(first, docstring), *changed.body[1:]])
    return changed.code


def annotated_if_read(source: str) -> str:
    """The source of a statement, its functions annotated where they can be read, else as it is."""
    try:
        return annotated(source)
    except cst.ParserSyntaxError:
        return source


def _documented(node: cst.FunctionDef | cst.ClassDef, docstring: str) -> cst.FunctionDef | cst.ClassDef:
    line = cst.SimpleStatementLine([cst.Expr(cst.SimpleString(f'"""{docstring}"""'))])
    if isinstance(node.body, cst.IndentedBlock):
        return node.with_changes(body=node.body.with_changes(body=[line, *node.body.body]))
    small = cst.SimpleStatementLine(node.body.body)  # type: ignore[arg-type]  # a one-line suite holds small statements
    return node.with_changes(body=cst.IndentedBlock([line, small]))


class _Annotate(cst.CSTTransformer):
    """``def f(a, *b)`` becomes ``def f(a: Any, *b: Any) -> Any``; what has annotations keeps them."""

    def __init__(self) -> None:
        self._classes: list[bool] = []

    def visit_ClassDef(self, node: cst.ClassDef) -> None:
        """Functions right in a class are methods."""
        self._classes.append(True)

    def leave_ClassDef(self, original_node: cst.ClassDef, updated_node: cst.ClassDef) -> cst.ClassDef:
        """Back to what is around the class."""
        self._classes.pop()
        return updated_node

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        """Functions inside a function are none."""
        self._classes.append(False)

    def visit_Lambda(self, node: cst.Lambda) -> bool:
        """The parameters of a lambda cannot be annotated."""
        return False

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:
        """Annotate one function."""
        self._classes.pop()
        method = bool(self._classes and self._classes[-1]) and not _is_static(updated_node)
        given = updated_node.params
        plain = [_typed(one) for one in given.params]
        if method and plain:
            plain[0] = given.params[0]
        star = given.star_arg
        params = given.with_changes(
            params=plain,
            posonly_params=[_typed(one) for one in given.posonly_params],
            kwonly_params=[_typed(one) for one in given.kwonly_params],
            star_arg=_typed(star) if isinstance(star, cst.Param) else star,
            star_kwarg=_typed(given.star_kwarg) if given.star_kwarg is not None else None,
        )
        if method and given.posonly_params:
            params = params.with_changes(posonly_params=[given.posonly_params[0], *params.posonly_params[1:]])
        returns = updated_node.returns or (NONE if method and updated_node.name.value == "__init__" else ANY)
        return updated_node.with_changes(params=params, returns=returns)


def _is_static(node: cst.FunctionDef) -> bool:
    return any(isinstance(one.decorator, cst.Name) and one.decorator.value == "staticmethod" for one in node.decorators)


def _typed(param: cst.Param) -> cst.Param:
    return param if param.annotation is not None else param.with_changes(annotation=ANY)


def with_keywords(source: str, names: tuple[str, ...]) -> str:
    """The source of a function that also takes these names, by keyword only."""
    module = cst.parse_module(source)
    function = module.body[0]
    assert isinstance(function, cst.FunctionDef)
    given = function.params
    star = given.star_arg if isinstance(given.star_arg, cst.Param | cst.ParamStar) else cst.ParamStar()
    more = [cst.Param(cst.Name(name)) for name in names]
    params = given.with_changes(star_arg=star, kwonly_params=[*given.kwonly_params, *more])
    return module.with_changes(body=[function.with_changes(params=params), *module.body[1:]]).code
