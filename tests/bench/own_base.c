/* The sandbox as it is: azk_sandbox runs on the libraries of scripts (vm/lib_base.c). */
#include <stdbool.h>

extern const bool sandbox_preempts;
const bool sandbox_preempts = true;
