// Builds the static site: each asset gets its digest into its name, each page the new names.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";

const source = new URL("src/", import.meta.url);
const target = new URL("dist/", import.meta.url);
await mkdir(target, { recursive: true });

const files = await readdir(source);
const names = new Map();
for (const file of files.filter((it) => !it.endsWith(".html"))) {
  const content = await readFile(new URL(file, source));
  const digest = createHash("sha256").update(content).digest("hex").slice(0, 12);
  const name = file.replace(/(\.\w+)$/, `.${digest}$1`);
  await writeFile(new URL(name, target), content);
  names.set(file, name);
}
for (const file of files.filter((it) => it.endsWith(".html"))) {
  let page = await readFile(new URL(file, source), "utf8");
  for (const [from, to] of names) page = page.replaceAll(`"${from}"`, `"${to}"`);
  await writeFile(new URL(file, target), page);
}
console.log(`${files.length} files built`);
