"""Any code at all, made of the words of notebooks: most of it is nonsense, and the engine has to end on it."""

import re

from hypothesis import strategies as st

NAMES = ("df", "train", "X", "y", "model", "scaler", "a", "b", "pd")
VALUES = (*NAMES, "1", "'c'", "None", "f(1)", "df.c")
LINES = r"""
{} = pd.read_csv('a.csv')
{} = {}.drop(columns=['t'])
{}['c'] = {}['c'].fillna({}['c'].mean())
{}, {} = train_test_split({}, {})
X, X2, y, y2 = train_test_split({}, {}, random_state=1)
{} = LogisticRegression()
{} = StandardScaler()
{}.fit({}, {})
{} = {}.fit_transform({})
{} = {}.transform({})
print({}.score({}, {}))
print(accuracy_score({}, {}.predict({})))
{} = cross_val_score({}, {}, {})
{} = GridSearchCV({}, {'C': [1]}).fit({}, {})
{} = Pipeline([('a', {}), ('b', {})])
pickle.dump({}, open('m.pkl', 'wb'))
{} = pd.concat([{}, {}])
{} = {}.groupby('c')[{}].transform('mean')
{} = pd.get_dummies({})
{} = {}.iloc[:{}]
{} = {}[{}.c > {}]
{}.loc[{}, 'c'] = {}
{} = {}.apply(lambda {}: {} + {}['a'])
{}.fillna(0, inplace=True)
{}[{}] = {}
{}[{}:{}] = {}
{}.append({})
{} = {'a': {}, {}: {}}
{} = [{} for {} in {} if {}]
{} = lambda {}: {}
{} = {}({}, *{}, **{})
{} = {}.{}.{}
{}.{} = {}
({}, *{}), {} = {}
{} = ({} := {})
{} += {}
del {}
{}: int
{} = {} if {} else {}
from sklearn.preprocessing import *
from {} import {}
import {} as {}
np.random.seed({})
exec({})
global {}
return {}
yield {}
await {}
break
%time {} = {}
!ls {}
for {} in {}:~
for {}, ({}, {}) in zip({}, {}):~
for {}, {} in KFold(5).split({}):~
while {}:~else:~
if {}:~elif {}:~else:~
try:~except {} as {}:~finally:~
with open({}) as {}:~
def {}({}, {}={}):~
async def {}(*{}, **{}):~
@{}¶class {}({}):~
match {}:¶    case [{}, *{}]:~    case {'a': {}}:~
""".strip("\n").split("\n")
SIMPLE = [line for line in LINES if "~" not in line]
DEPTH = 3


def program() -> st.SearchStrategy[list[str]]:
    """The sources of one to five cells."""
    return st.lists(st.lists(st.composite(_statement)(DEPTH), min_size=1, max_size=6).map("\n".join), max_size=5)


def _statement(draw: st.DrawFn, depth: int) -> str:
    line = draw(st.sampled_from(LINES if depth else SIMPLE))
    written = re.sub(r"\{\}", lambda _: draw(st.sampled_from(VALUES if draw(st.integers(0, 19)) == 0 else NAMES)), line)
    lines = written.replace("¶", "\n").split("~")
    return "".join(part + _body(draw, part, depth) for part in lines[:-1]) + lines[-1]


def _body(draw: st.DrawFn, head: str, depth: int) -> str:
    """What stands under a head: one statement, deeper than the head's last line."""
    last = head.split("\n")[-1]
    inner = " " * (len(last) - len(last.lstrip()) + 4)
    return "\n" + "".join(f"{inner}{line}\n" for line in _statement(draw, depth - 1).split("\n") if line)
