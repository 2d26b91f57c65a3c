import { defineConfig } from "vitest/config";

// `npm run dev` serves the page with hot reload and hands /api to a running sandbox.
const API = "http://localhost:8000";

export default defineConfig({
  build: {
    target: "es2022",
    // The CSP has no data: source, so nothing may be inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The second one is for a practice's public page alone: search engines may keep it.
    rolldownOptions: { input: ["index.html", "pay-online.html"] },
  },
  server: { port: 5173, proxy: { "/api": { target: API, changeOrigin: true } } },
  test: { include: ["test/**/*.test.ts"], environment: "node" },
});
