#!/bin/bash
# Builds AudioCore and makes web pages of its documentation; a link that leads nowhere is an error.
# Needs no network beyond what a build needs, and no plugin: `docc` is part of the toolchain.
set -euo pipefail
cd "$(dirname "$0")/.."

# A package whose build folder stands elsewhere, and the folder to write to.
package=${DOCS_PACKAGE:-$PWD}
output=${DOCS_OUTPUT:-$PWD/.build/docs}

# `docc` and its neighbours may lie outside the path; xcrun finds them on macOS.
tool() {
    command -v "$1" || xcrun --find "$1" 2>/dev/null || ls "$(dirname "$(readlink -f "$(command -v swift)")")/$1"
}
docc=$(tool docc)
extract=$(tool swift-symbolgraph-extract)

swift build --package-path "$package" --target AudioCore
built=$(swift build --package-path "$package" --show-bin-path)

graphs=$(mktemp -d)
trap 'rm -rf "$graphs"' EXIT
target=$(swift -print-target-info | sed -n 's/^ *"triple": "\(.*\)",$/\1/p' | head -1)
sdk=()
[ "$(uname)" != Darwin ] || sdk=(-sdk "$(xcrun --show-sdk-path)")
"$extract" -module-name AudioCore -target "$target" ${sdk[@]+"${sdk[@]}"} \
    -I "$built/Modules" -I Sources/CLibraries/CFFTW3 -I Sources/CLibraries/CSndFile -I Sources/CLibraries/CPNG \
    -I Sources/CLibraries/CSoxr \
    -Xcc "-fmodule-map-file=$built/CKernels.build/module.modulemap" \
    -Xcc "-fmodule-map-file=$built/CSpawn.build/module.modulemap" \
    -minimum-access-level public -skip-synthesized-members -output-dir "$graphs"

rm -rf "$output"
mkdir -p "$(dirname "$output")"
"$docc" convert Sources/AudioCore/AudioCore.docc --additional-symbol-graph-dir "$graphs" \
    --fallback-display-name AudioCore --fallback-bundle-identifier waxwing.AudioCore \
    --fallback-default-module-kind Module --warnings-as-errors --output-path "$output"
echo "$output: $(find "$output/data/documentation" -name '*.json' | wc -l | tr -d ' ') pages"
