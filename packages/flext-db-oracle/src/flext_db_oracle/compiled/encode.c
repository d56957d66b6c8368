#define PY_SSIZE_T_CLEAN
#include <Python.h>

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "flext_db_oracle.compiled._encode",
    .m_size = 0,
};

PyMODINIT_FUNC PyInit__encode(void) { return PyModule_Create(&module); }
