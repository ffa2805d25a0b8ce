unit_test(websocket azk_net)
unit_test(http azk_net)
