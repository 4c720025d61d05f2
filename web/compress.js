// Writes .br and .gz beside each text asset, so that the server sends what was compressed once.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

const pages = new URL("../src/quorate/server/pages", import.meta.url).pathname;
for (const name of readdirSync(pages, { recursive: true })) {
  if (!/\.(js|css|svg|json)$/.test(name)) continue;
  const path = join(pages, name);
  const body = readFileSync(path);
  if (body.length < 1024) continue;
  writeFileSync(`${path}.br`, brotliCompressSync(body));
  writeFileSync(`${path}.gz`, gzipSync(body, { level: 9 }));
}
