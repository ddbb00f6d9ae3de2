#!/bin/sh
# Makes the rpm databases that the tests of the rpm extractor read, in this folder, gzipped.
# Needs Debian's packages `rpm`, `db5.3-util` and `gcc`, and rpm's source unpacked:
#   make.sh FOLDER-OF-RPM-SOURCE        (as `apt-get source rpm` leaves it)
set -eu

source=$1

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export SOURCE_DATE_EPOCH=1700000000

spec() {
    cat > "$work/$1.spec"
    rpmbuild --quiet -bb --define "_topdir $work" --define "_buildhost host.example.org" \
        --define "use_source_date_epoch_as_buildtime 1" --target noarch "$work/$1.spec"
}

# Long enough for overflow pages in every database.
spec plain <<'SPEC'
Name: plain
Version: 1.2
Release: 3.test
Summary: A package with many files
License: MIT and BSD
Vendor: Example
Requires: needed-thing
%description
Nothing.
%install
mkdir -p %{buildroot}/usr/share/plain %{buildroot}/usr/bin
for it in $(seq 1 400); do echo same > %{buildroot}/usr/share/plain/file-with-a-name-$it; done
echo run > %{buildroot}/usr/bin/plain
%files
/usr/share/plain
/usr/bin/plain
%ghost /var/log/plain.log
SPEC

spec stream <<'SPEC'
Name: stream
Epoch: 2
Version: 18.0
Release: 1.module_test
Summary: A package of a module
License: GPLv2+
ModularityLabel: stream:18:8080020230718:63b34585
Provides: needed-thing = 1
%description
Nothing.
%package libs
Summary: Its libraries
Version: 5.0
%description libs
Nothing.
%files
%files libs
SPEC

spec gpg-pubkey <<'SPEC'
Name: gpg-pubkey
Version: 1
Release: 1
Summary: A key
License: MIT
%description
Nothing.
%files
SPEC

mkdir "$work/sqlite"
rpm --dbpath "$work/sqlite" --define "_db_backend sqlite" --initdb
rpm --dbpath "$work/sqlite" --define "_db_backend sqlite" --install --justdb --nodeps \
    --noscripts "$work"/RPMS/noarch/*.rpm
gzip -9nc "$work/sqlite/rpmdb.sqlite" > "$here/rpmdb.sqlite.gz"

# Debian's rpm is built without its own form of database, so the file of rpm that writes it is
# compiled alone and given the same headers. One package is deleted again, to leave a free slot.
mkdir -p "$work/rpm"
cat > "$work/system.h" <<'C'
#include <sys/types.h>
#include <stdint.h>
#define _(text) text
#define RPMRC_OK 0
#define RPMRC_NOTFOUND 1
#define RPMRC_FAIL 2
typedef int rpmRC;
void *xmalloc(size_t); char *xstrdup(const char *); void *xcalloc(size_t, size_t); void *xrealloc(void *, size_t);
C
echo '#define rpmlog(...) ((void)0)' > "$work/rpm/rpmlog.h"
cat > "$work/write.c" <<'C'
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "system.h"
#include "rpmpkg.h"
void *xmalloc(size_t n) { return malloc(n); }
char *xstrdup(const char *text) { return strdup(text); }
void *xcalloc(size_t n, size_t m) { return calloc(n, m); }
void *xrealloc(void *p, size_t n) { return realloc(p, n); }
int main(int argc, char **argv) {
    static unsigned char blob[1 << 20];
    rpmpkgdb database;
    unsigned int number = 0;
    if (rpmpkgOpen(&database, argv[1], O_RDWR | O_CREAT, 0644)) return 1;
    for (int at = 2; at < argc; at++) {
        FILE *file = fopen(argv[at], "rb");
        unsigned int len = fread(blob, 1, sizeof blob, file);
        if (rpmpkgNextPkgIdx(database, &number) || rpmpkgPut(database, number, blob, len)) return 2;
        fclose(file);
        if (at == 2 && (rpmpkgDel(database, number) || rpmpkgPut(database, 77, blob, len))) return 3;
    }
    rpmpkgClose(database);
    return 0;
}
C
gcc -include "$work/system.h" -I "$work" -I "$source/lib/backend/ndb" -o "$work/write" \
    "$work/write.c" "$source/lib/backend/ndb/rpmpkg.c"
python3 - "$work/sqlite/rpmdb.sqlite" "$work" <<'PYTHON'
import pathlib
import sqlite3
import sys

for number, blob in sqlite3.connect(sys.argv[1]).execute("SELECT hnum, blob FROM Packages"):
    pathlib.Path(sys.argv[2], f"header-{number}").write_bytes(blob)
PYTHON
"$work/write" "$work/Packages.db" "$work"/header-*
gzip -9nc "$work/Packages.db" > "$here/Packages.db.gz"

# Nor does it write Berkeley DB, so that database's own loader lays the same headers there.
python3 - "$work/sqlite/rpmdb.sqlite" > "$work/dump" <<'PYTHON'
import sqlite3
import sys

rows = sqlite3.connect(sys.argv[1]).execute("SELECT hnum, blob FROM Packages")
print("VERSION=3\nformat=bytevalue\ntype=hash\ndb_pagesize=4096\nHEADER=END")
print(" 00000000\n 09000000")
for number, blob in rows:
    print(f" {number.to_bytes(4, 'little').hex()}\n {blob.hex()}")
print("DATA=END")
PYTHON
db5.3_load -f "$work/dump" "$work/Packages"
gzip -9nc "$work/Packages" > "$here/Packages.gz"

# Thousands of small packages in small pages make a tree of several levels.
python3 - "$work/many.sqlite" <<'PYTHON'
import sqlite3
import struct
import sys

database = sqlite3.connect(sys.argv[1])
database.execute("PRAGMA page_size = 512")
database.execute(
    "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)"
)
for number in range(3000):
    data = b"package-%d\x001.%d\x00" % (number, number)
    second = data.index(b"\x00") + 1
    blob = struct.pack(">2I", 2, len(data))
    blob += struct.pack(">4I", 1000, 6, 0, 1) + struct.pack(">4I", 1001, 6, second, 1) + data
    database.execute("INSERT INTO Packages (blob) VALUES (?)", (blob,))
database.commit()
PYTHON
gzip -9nc "$work/many.sqlite" > "$here/many.sqlite.gz"
