#!/bin/sh
# Makes what the server serves for the widget and the full page:
#   build.sh OUT ESBUILD VERSION
# OUT gets w.js, chat.js, page.js, one script for each language, page.html and
# favicon.svg, each with a .gz and a .br beside it, and widget_version.h.
# Everything lies under /w/VERSION-HASH/, HASH being that of all the bytes, so
# every address names one content for ever. Same input, same bytes:
# zopfli, which makes the smallest .gz, writes no time into it.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
out=$1
esbuild=$2
rm -rf "$out"
mkdir -p "$out"

# A language has one line for each word, in the order of src/words.ts.
sed -n '/^export enum W/,/^}/p' "$here/src/words.ts" | sed '1d;$d' | tr -d ' \n' | tr ',' '\n' > "$out/words"
for file in "$here"/lang/*.txt; do
    sed 's/:.*//' "$file" | cmp -s - "$out/words" || { echo "$file: its words are not those of src/words.ts" >&2; exit 1; }
    # One line of JavaScript: quotes and backslashes escaped, lines joined.
    printf 'export default "%s"' "$(sed -e 's/^[a-z_]*: //' -e 's/[\\"]/\\&/g' "$file" | sed -e ':a' -e 'N' -e '$!ba' -e 's/\n/\\n/g')" \
        > "$out/$(basename "$file" .txt).js"
done
rm "$out/words"

# Style sheets travel inside the scripts, as constructed sheets.
work=$out/work
mkdir -p "$work/widget/style"
cp -r "$here/src" "$work/widget"
cp -r "$here/../shared" "$work"
for sheet in loader chat; do
    "$esbuild" "$here/style/$sheet.css" --minify --target=es2022 --log-level=error --outfile="$work/widget/style/$sheet.css"
done
bundle() {
    name=$1
    shift
    "$esbuild" "$work/widget/src/$name.ts" --bundle --minify --target=es2022 --charset=utf8 --loader:.css=text \
        --legal-comments=none --log-level=warning --outfile="$out/$name.js" "$@"
}
bundle chat --format=esm
bundle page --format=esm --external:./chat
sed -i 's|"\./chat"|"./chat.js"|' "$out/page.js"
bundle loader --format=iife "--define:VERSION=\"@VERSION@\""
rm -r "$work"
mv "$out/loader.js" "$out/w.js"
"$esbuild" "$here/style/page.css" --minify --log-level=error --outfile="$out/page.css"
cp "$here/page.html" "$here/favicon.svg" "$out"

version="$3-$(cat "$out"/*.js "$out/page.html" | sha256sum | cut -c1-12)"
sed -i "s/@VERSION@/$version/" "$out/w.js" "$out/page.html"
integrity="sha384-$(openssl dgst -sha384 -binary "$out/w.js" | openssl base64 -A)"
printf '/* Made by plugins/widget/build.sh. */\n#define WIDGET_VERSION "%s"\n#define WIDGET_INTEGRITY "%s"\n' \
    "$version" "$integrity" > "$out/widget_version.h"

for file in "$out"/*.js "$out"/*.css "$out"/*.html "$out"/*.svg; do
    zopfli -c --i15 "$file" > "$file.gz"
    brotli -q 11 -f -o "$file.br" "$file"
done
