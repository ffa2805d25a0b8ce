unit_test(json_read json_reference)
unit_test(vm azk_vm)
