unit_test(json_check azk_vm)
unit_test(vm azk_vm)
