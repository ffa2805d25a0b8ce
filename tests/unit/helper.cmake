unit_test(helper azk_helper)
unit_test(inspect azk_helper)
