"""Run statements abstractly: bindings, branches, loops, definitions."""

import ast
from collections.abc import Callable

from nb2pkg.facts import beside, binding, calls, handing, names, states, subscripts
from nb2pkg.facts.conditions import decided
from nb2pkg.facts.expressions import binary
from nb2pkg.facts.flows import STAR
from nb2pkg.facts.machine import Machine
from nb2pkg.facts.rows import NOTHING
from nb2pkg.facts.values import Collection, Constant, Content, Data, Frame, Function, Library, Unknown, UserClass, Value


def _expression(machine: Machine, node: ast.Expr) -> None:
    value = machine.evaluate(node.value)
    if machine.flows is not None and not machine.call_stack and machine.is_last_of_cell():
        states.shown(machine, value)


def _assign(machine: Machine, node: ast.Assign) -> None:
    value = machine.evaluate(node.value)
    for target in node.targets:
        names.assign(machine, target, value)


def _annotated(machine: Machine, node: ast.AnnAssign) -> None:
    if node.value is not None:
        names.assign(machine, node.target, machine.evaluate(node.value))


def _augmented(machine: Machine, node: ast.AugAssign) -> None:
    """``x += 1``; a list or table keeps its identity."""
    load = _as_loaded(node.target)
    before, added = machine.evaluate(load), machine.evaluate(node.value)
    value = binary(machine, node, before, node.op, added)
    if isinstance(before, Collection) and isinstance(value, Collection):
        machine.set_field(before, "items", value.items)
        machine.set_field(before, "element", value.element)
        machine.touched(before)
        value = before
    if isinstance(before, Data) and isinstance(value, Data) and isinstance(node.target, ast.Name):
        machine.write(before, value.content._replace(by_column=before.content.by_column, names=before.content.names))
        value = before
    if machine.looping and isinstance(before, Constant) and isinstance(value, Data) and value.rows:
        value = _added_up(machine, node, value)
    names.assign(machine, node.target, value)


def _added_up(machine: Machine, node: ast.AugAssign, value: Data) -> Data:
    """A number that a loop over rows adds to is a statistic of those rows."""
    learning = machine.learn("statistic", value.rows, node, ast.unparse(node), data=value.content, verb="sum")
    return Data(Content(NOTHING, value.learned | {learning}))


def _as_loaded(target: ast.expr) -> ast.expr:
    copy = type(target)(**{**{f: getattr(target, f) for f in target._fields}, "ctx": ast.Load()})
    return ast.copy_location(copy, target)


def _delete(machine: Machine, node: ast.Delete) -> None:
    for target in node.targets:
        match target:
            case ast.Name():
                names.unbind(machine, target)
            case ast.Subscript():
                subscripts.remove(machine, target)
            case _:
                pass


def _if(machine: Machine, node: ast.If) -> bool:
    test = decided(machine, node.test, machine.evaluate(node.test))
    if test is not None:
        return machine.block(node.body if test.value else node.orelse)
    return machine.branch([lambda: machine.block(node.body), lambda: machine.block(node.orelse)])


def _for(machine: Machine, node: ast.For | ast.AsyncFor) -> bool:
    """Element by element over what is listed, once over anything else."""
    iterable = machine.evaluate(node.iter)
    elements = subscripts.elements(machine, iterable, node.iter)
    with machine.loop(node, once=len(elements) == 1), binding.doubtful(machine):
        for element in elements:
            names.assign(machine, node.target, element)
            machine.block(node.body)
    return machine.block(node.orelse)


def _while(machine: Machine, node: ast.While) -> bool:
    machine.evaluate(node.test)
    with machine.loop(node, once=True), binding.doubtful(machine):
        machine.block(node.body)
    return machine.block(node.orelse)


def _with(machine: Machine, node: ast.With | ast.AsyncWith) -> bool:
    for item in node.items:
        value = machine.evaluate(item.context_expr)
        if item.optional_vars is not None:
            names.assign(machine, item.optional_vars, value)
    return machine.block(node.body)


EXPECTED = frozenset({"NameError", "Exception", "BaseException", "ImportError", "ModuleNotFoundError"})


def _try(machine: Machine, node: ast.Try) -> bool:
    """The body, then each handler as a branch of its own; a missing name is expected where a handler would catch it."""
    catches = any(_caught(handler.type) for handler in node.handlers)
    if catches:
        machine.mutes += 1
    with binding.noted(machine) as bound:
        ended = machine.block(node.body)
    if machine.tentative:
        machine.tentative[-1].extend(bound)
    if catches:
        machine.mutes -= 1
    if node.handlers:
        arms: list[Callable[[], bool]] = [lambda: ended]
        arms += [_handler(machine, handler, bound) for handler in node.handlers]
        ended = machine.branch(arms)
    ended = machine.block(node.orelse) or ended
    return machine.block(node.finalbody) or ended


def _caught(kind: ast.expr | None) -> bool:
    if kind is None:
        return True
    return any(isinstance(part, ast.Name) and part.id in EXPECTED for part in ast.walk(kind))


def _handler(machine: Machine, handler: ast.ExceptHandler, bound: list[binding.Bound]) -> Callable[[], bool]:
    def arm() -> bool:
        binding.doubt(machine, bound)
        if handler.type is not None:
            machine.evaluate(handler.type)
        if handler.name:
            names.bind(machine, handler.name, Unknown())
        ended = machine.block(handler.body)
        if handler.name:
            names.forget(machine, handler.name)
        return ended

    return arm


def _function(machine: Machine, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    decorators = [machine.evaluate(decorator) for decorator in node.decorator_list]
    defaults = calls.defaults_of(machine, node.args)
    function = Function(node, machine.frame, cell=machine.cell, statement=machine.statement, defaults=defaults)
    machine.functions.append(function)
    names.bind(machine, node.name, function)
    if any(not (isinstance(one, Library) and one.name.startswith("builtins.")) for one in decorators):
        handing.over(machine, (function,))


def _class(machine: Machine, node: ast.ClassDef) -> None:
    bases = [machine.evaluate(base) for base in node.bases]
    for keyword in node.keywords:
        machine.evaluate(keyword.value)
    frame, machine.frame = machine.frame, Frame(machine.frame)
    first = len(machine.functions)
    machine.block(node.body)
    attributes = machine.frame.names
    machine.frame = frame
    for function in machine.functions[first:]:
        function.frame = frame
    library = next((base for base in bases if isinstance(base, Library)), None)
    for base in bases:
        if isinstance(base, UserClass):
            attributes = {**base.attributes, **attributes}
            library = library or base.library
    names.bind(machine, node.name, UserClass(node, attributes, library, machine.place(node)))


def _return(machine: Machine, node: ast.Return) -> bool:
    value: Value = machine.evaluate(node.value) if node.value is not None else Constant(None)
    calls.returned(machine, value)
    return True


def _raise(machine: Machine, node: ast.Raise) -> bool:
    if node.exc is not None:
        machine.evaluate(node.exc)
    return True


def _leave(_machine: Machine, _node: ast.Break | ast.Continue) -> bool:
    """Ends one round of a loop; what is bound before it may stand after the loop, so control goes on here."""
    return False


def _assert(machine: Machine, node: ast.Assert) -> None:
    machine.evaluate(node.test)


def _imported(machine: Machine, module: str) -> None:
    """Note an import for what it is, and the cell that writes the module."""
    if machine.flows is not None:
        machine.flows.imports.add(machine.statement)
        written = beside.written_by(machine.program, module)
        if written is not None:
            machine.flows.from_cell(written.cell, written.path)


def _import(machine: Machine, node: ast.Import) -> None:
    for alias in node.names:
        _imported(machine, alias.name)
        name = alias.name if alias.asname else alias.name.partition(".")[0]
        names.bind(machine, alias.asname or name, Library(name))


def _import_from(machine: Machine, node: ast.ImportFrom) -> None:
    module = "." * node.level + (node.module or "")
    _imported(machine, module)
    for alias in node.names:
        if alias.name == "*":
            _import_star(machine, module)
        else:
            names.bind(machine, alias.asname or alias.name, Library(f"{module}.{alias.name}"))


def _import_star(machine: Machine, module: str) -> None:
    """Names of a module beside the notebook, or that the API tables know below it; where there may be others, any name may be there."""
    found = beside.exports(machine.program, module)
    if found is not None:
        for name in found.names:
            names.bind(machine, name, Library(f"{module}.{name}"))
        if found.complete:
            return
    machine.star = True
    if machine.flows is not None:
        machine.flows.open(machine.statement, machine.cell, f"{STAR} of {module}", after=machine.statement - 1)
    for name in machine.table.names():
        head, _, last = name.rpartition(".")
        if head == module and last != "*":
            names.bind(machine, last, Library(name))


def _global(machine: Machine, node: ast.Global) -> None:
    if machine.frame is not None:
        machine.frame.globals |= frozenset(node.names)
        machine.declared.update(node.names)


def _nonlocal(machine: Machine, node: ast.Nonlocal) -> None:
    if machine.frame is not None:
        machine.frame.nonlocals |= frozenset(node.names)


def _match(machine: Machine, node: ast.Match) -> bool:
    subject = machine.evaluate(node.subject)
    return machine.branch([_case(machine, case, subject) for case in node.cases] + [lambda: False])


def _case(machine: Machine, case: ast.match_case, subject: Value) -> Callable[[], bool]:
    def arm() -> bool:
        for part in ast.walk(case.pattern):
            name = getattr(part, "name", None) or getattr(part, "rest", None)
            if isinstance(name, str):
                names.bind(machine, name, Unknown((subject,)))
        if case.guard is not None:
            machine.evaluate(case.guard)
        return machine.block(case.body)

    return arm


STATEMENTS: dict[type[ast.stmt], Callable[..., bool | None]] = {
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Delete: _delete,
    ast.If: _if,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.Break: _leave,
    ast.Continue: _leave,
    ast.Assert: _assert,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Global: _global,
    ast.Nonlocal: _nonlocal,
    ast.Match: _match,
}
