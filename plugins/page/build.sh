#!/bin/sh
# Makes what the server serves for the page: build.sh OUT ESBUILD.
# OUT gets index.html, page.js, page.css and favicon.svg, each with a .gz and
# a .br beside it, and page_hashes.h with the hash in each asset's address.
# Same input, same bytes: gzip -n keeps the time out.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
out=$1
esbuild=$2
mkdir -p "$out"

"$esbuild" "$here/src/main.ts" --bundle --minify --format=iife --target=es2022 --charset=utf8 \
    --legal-comments=none --log-level=warning --outfile="$out/page.js"
"$esbuild" "$here/style/page.css" --bundle --minify --charset=utf8 \
    --legal-comments=none --log-level=warning --outfile="$out/page.css"

hash() { sha256sum "$1" | cut -c1-16; }
js=$(hash "$out/page.js")
css=$(hash "$out/page.css")
sed -e "s/@JS_HASH@/$js/" -e "s/@CSS_HASH@/$css/" "$here/index.html" > "$out/index.html"
cp "$here/favicon.svg" "$out/favicon.svg"
printf '/* Made by plugins/page/build.sh. */\n#define PAGE_JS_HASH "%s"\n#define PAGE_CSS_HASH "%s"\n' \
    "$js" "$css" > "$out/page_hashes.h"

for name in index.html page.js page.css favicon.svg; do
    gzip -9 -n -c "$out/$name" > "$out/$name.gz"
    brotli -q 11 -f -o "$out/$name.br" "$out/$name"
done
