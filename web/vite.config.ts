import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const server = process.env.QUORATE_URL ?? "http://127.0.0.1:8731";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": here("./src") } },
  build: {
    outDir: here("../src/quorate/server/pages"),
    emptyOutDir: true,
    target: "es2022",
    // The page allows no inline script, and a data: URL is a request to nobody.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  server: { proxy: { "/api": { target: server, changeOrigin: true } } },
  test: { environment: "jsdom", setupFiles: [here("./src/shared/testing.ts")], css: false },
});
