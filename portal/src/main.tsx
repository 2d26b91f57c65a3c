import { render } from "preact";

import { hideSecrets, straighten } from "./app/router";
import { App } from "./pages/App";
import "./styles/index.css";
import { keepFocus } from "./ui/keep-focus";

const root = document.getElementById("app");
straighten();
hideSecrets();
keepFocus();
if (root) render(<App />, root);
