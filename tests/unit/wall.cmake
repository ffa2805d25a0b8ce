unit_test(wall azk_wall)
