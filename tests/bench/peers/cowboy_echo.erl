%% WebSocket echo on cowboy: erl -run cowboy_echo main PORT [hibernate]
-module(cowboy_echo).
-export([main/1, init/2, websocket_init/1, websocket_handle/2, websocket_info/2]).

main([Port | Options]) ->
    {ok, _} = application:ensure_all_started(cowboy),
    Routes = cowboy_router:compile([{'_', [{"/", ?MODULE, Options =/= []}]}]),
    {ok, _} = cowboy:start_clear(echo,
        #{num_acceptors => 10, max_connections => infinity,
          socket_opts => [{ip, {127, 0, 0, 1}}, {port, list_to_integer(Port)}, {backlog, 4096}, {nodelay, true}]},
        #{env => #{dispatch => Routes}, idle_timeout => infinity}).

init(Request, Hibernates) ->
    {cowboy_websocket, Request, Hibernates, #{idle_timeout => infinity, compress => false}}.

websocket_init(Hibernates) -> {ok, Hibernates}.

websocket_handle({text, Text}, true) -> {[{text, Text}], true, hibernate};
websocket_handle({text, Text}, false) -> {[{text, Text}], false};
websocket_handle(_, Hibernates) -> {[], Hibernates}.

websocket_info(_, Hibernates) -> {[], Hibernates}.
