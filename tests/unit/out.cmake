unit_test(guard azk_out)
unit_test(http_client azk_out)
unit_test(sse_parser azk_out)
