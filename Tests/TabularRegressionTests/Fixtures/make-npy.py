"""Writes the NPY files of the tests with NumPy: element (i, j) of a 4 x 3 matrix is 3 i + j, less 2 in signed types."""
import numpy as np

rows = np.arange(12).reshape(4, 3)
for order in "CF":
    for byte_order, word in (("<", "little"), (">", "big")):
        for type in ("i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8"):
            if type[1] == "1" and byte_order == ">":
                continue
            array = (rows if type[0] == "u" else rows - 2).astype(byte_order + type)
            np.save(f"{type}-{word}-{order}.npy", np.array(array, order=order))
    np.save(f"b1-little-{order}.npy", np.array(rows % 2 == 1, order=order))
