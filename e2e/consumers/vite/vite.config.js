export default {
  // Vite's dev server bundles dependencies beforehand, away from the file that the module fetches from beside itself.
  optimizeDeps: { exclude: ["chat-room"] },
  build: { target: "es2022" },
};
