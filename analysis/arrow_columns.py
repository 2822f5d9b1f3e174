"""Columns that pyarrow read → codes of distinct texts. Only the distinct values are ever made into texts."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.columns import Column


def column_of(values: pa.ChunkedArray) -> Column:
    """The texts of a column of any plain type; null is "". Raises pa.ArrowException where the type has no texts."""
    encoded = _encoded(values).unify_dictionaries().combine_chunks()
    texts = pa.concat_arrays([_texts(encoded.dictionary), pa.array([""])])
    codes = encoded.indices.fill_null(len(texts) - 1).to_numpy(zero_copy_only=False)
    # Numbered by first appearance; a dictionary may hold a text twice, or one that no line has.
    distinct = texts.dictionary_encode()
    numbered, found = pd.factorize(distinct.indices.to_numpy()[codes])
    return Column(distinct.dictionary.take(pa.array(found)).to_pylist(), numbered.astype(np.int64, copy=False))


def _encoded(values: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_dictionary(values.type):
        return values
    return pc.dictionary_encode(values.cast(pa.string()) if pa.types.is_null(values.type) else values)


def _texts(values: pa.Array) -> pa.Array:
    """Each value as a votes file writes it; moments are in UTC, durations in seconds."""
    if pa.types.is_duration(values.type):
        values = pc.divide(values.cast(pa.duration("ns")).cast(pa.int64()).cast(pa.float64()), 1e9)
    if pa.types.is_timestamp(values.type):
        values = values.cast(pa.timestamp(values.type.unit, "UTC"))
    return values.cast(pa.string()).fill_null("")
