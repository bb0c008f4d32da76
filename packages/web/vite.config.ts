import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `npm run dev -w packages/web` serves the UI with hot reload and hands API calls to a server that runs beside it. */
const SERVER = 'http://127.0.0.1:7070';

// oxlint-disable-next-line import/no-default-export -- Vite reads the default export
export default defineConfig({
  plugins: [react(), tailwindcss()],
  build: {
    target: 'es2023',
    sourcemap: false,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [{ name: 'editor', test: /node_modules\/(@codemirror|@lezer|yaml)\// }],
        },
      },
    },
  },
  server: {
    proxy: Object.fromEntries(
      ['/pipeline', '/ng/api', '/bridle', '/gateway', '/log-service'].map((path) => [path, SERVER]),
    ),
  },
});
