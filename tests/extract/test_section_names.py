"""Names of the functions below level 3: by what they do, numbered where they do it again, and nothing said twice in one."""

from pathlib import Path

from tests.extract.below import lower


def test_functions_of_one_kind_are_numbered_and_what_changes_a_table_prepares_it(tmp_path: Path) -> None:
    again = "df = df.copy()"
    shown = "print(df.shape)"
    plot = "import matplotlib.pyplot as plt\nplt.hist(df['a'])"
    load = "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2], 'b': [3, 4]})"
    cells = (load, again, shown, "df.drop(columns=['b'], inplace=True)", plot, again, shown)
    text = "\n".join(lower(tmp_path, *cells).files.values())
    names = {line.split("(")[0].removeprefix("def ") for line in text.splitlines() if line.startswith("def ")}
    assert {"prepare_df", "prepare_df_2", "draw_df"} <= names
    assert not any(name.startswith(("prepare_prepare", "show_show", "draw_plot")) for name in names)
