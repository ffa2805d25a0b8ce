unit_test(buf azk_base)
unit_test(map azk_base)
unit_test(id azk_base)
unit_test(log azk_base)
