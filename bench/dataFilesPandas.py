"""One side of bench/dataFiles.js: the rows of a data file as pandas or pyarrow reads them. A path in, one JSON document out."""
import gzip
import json
import sys

import pandas
import pyarrow.parquet

path = sys.argv[1]
name = path.lower().removesuffix(".gz")


def table(separator):
    """Every cell is text, an empty one is missing; words such as NA stay."""
    frame = pandas.read_csv(
        path, sep=separator, dtype=str, keep_default_na=False, na_values=[""], encoding="utf-8-sig"
    )
    return [{key: None if pandas.isna(cell) else cell for key, cell in row.items()} for row in frame.to_dict("records")]


if name.endswith(".csv"):
    rows = table(",")
elif name.endswith((".tsv", ".tab")):
    rows = table("\t")
elif name.endswith(".parquet"):
    rows = pyarrow.parquet.read_table(path).to_pylist()
else:
    opener = gzip.open if path.lower().endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8-sig") as file:
        text = file.read()
    try:
        whole = json.loads(text)
        rows = whole if isinstance(whole, list) else list(whole.values())
    except json.JSONDecodeError:
        rows = [json.loads(line) for line in text.split("\n") if line.strip()]
print(json.dumps(rows, default=str))
