import { render } from "preact";

import { App } from "./pages/App";
import "./styles/index.css";
import { keepFocus } from "./ui/keep-focus";

const root = document.getElementById("app");
keepFocus();
if (root) render(<App />, root);
