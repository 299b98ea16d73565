# Varnish asks the origin as its built-in rules say; answers are hits by those rules, too.
vcl 4.1;

backend origin {
    .host = "127.0.0.1";
    .port = "@originPort@";
    .max_connections = 1000;
}
