import "@mantine/core/styles.layer.css";
import "./shared/theme.css";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { startWords } from "./shared/i18n";

await startWords();
const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
