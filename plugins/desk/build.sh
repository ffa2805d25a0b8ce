#!/bin/sh
# Makes what the server serves for the desk: build.sh OUT ESBUILD.
# OUT gets desk.html, desk.js and desk.css, each with a .gz and a .br beside
# it, and desk_hashes.h with the hash in each asset's address.
# Same input, same bytes: gzip -n keeps the time out.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
out=$1
esbuild=$2
mkdir -p "$out"

"$esbuild" "$here/src/main.ts" --bundle --minify --format=esm --target=es2022 --charset=utf8 \
    --legal-comments=none --log-level=warning --outfile="$out/desk.js"
"$esbuild" "$here/style/desk.css" --bundle --minify --charset=utf8 \
    --legal-comments=none --log-level=warning --outfile="$out/desk.css"

hash() { sha256sum "$1" | cut -c1-16; }
js=$(hash "$out/desk.js")
css=$(hash "$out/desk.css")
sed -e "s/@JS_HASH@/$js/" -e "s/@CSS_HASH@/$css/" "$here/index.html" > "$out/desk.html"
printf '/* Made by plugins/desk/build.sh. */\n#define DESK_JS_HASH "%s"\n#define DESK_CSS_HASH "%s"\n' \
    "$js" "$css" > "$out/desk_hashes.h"

for name in desk.html desk.js desk.css; do
    gzip -9 -n -c "$out/$name" > "$out/$name.gz"
    brotli -q 11 -f -o "$out/$name.br" "$out/$name"
done
