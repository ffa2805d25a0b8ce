unit_test(mail azk_actor)
unit_test(timer azk_actor)
unit_test(slots azk_actor)
unit_test(inbox azk_actor)
