fuzzer(http azk_net)
fuzzer(websocket azk_net)
fuzzer(conn azk_net)
