import { render } from "preact";

import { straighten } from "./app/router";
import { App } from "./pages/App";
import "./styles/index.css";
import { keepFocus } from "./ui/keep-focus";

const root = document.getElementById("app");
straighten();
keepFocus();
if (root) render(<App />, root);
