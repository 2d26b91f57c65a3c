/** Pure: a state and an event make the next state and what is to be done. `key` has never been used before. */
import { choose, choosing } from "./choosing";
import { ask, known, result } from "./result";
import { atCardForm, inTrouble, leaving, open, opening, reviewing, sending, sentAs, stopping } from "./sending";
import { move, NOWHERE, type Event, type Move, type State } from "./state";

export function reduce(state: State, event: Event, key: string): Move {
  if (event.type === "left") return leave(state);
  const { state: after, effects } = step(state, event, key);
  return hasFields(state) && !hasFields(after) ? move(after, { do: "unmount" }, ...effects) : move(after, ...effects);
}

function step(state: State, event: Event, key: string): Move {
  switch (state.at) {
    case "nowhere":
      return nowhere(event);
    case "choosing":
      return choosing(state, event, key);
    case "opening":
      return opening(state, event, key);
    case "reviewing":
      return reviewing(state, event);
    case "sending":
      return sending(state, event, key);
    case "leaving":
      return leaving(state, event);
    case "card":
      return atCardForm(state, event);
    case "stopping":
      return stopping(state, event);
    case "trouble":
      return inTrouble(state, event);
    case "result":
      return result(state, event);
  }
}

/** A page begins; or an answer comes after its page was left, and only the tab may want to know it. */
function nowhere(event: Event): Move {
  switch (event.type) {
    case "chosen":
      return choose(event);
    case "opened":
      return open(event);
    case "returned":
      return ask(event);
    case "shown":
      return known(event.payment);
    case "started":
      return move(NOWHERE, { do: "keepForTab", intent: sentAs(event.intent, event.payment) });
    case "stopped":
      return move(NOWHERE, { do: "forget" });
    default:
      return move(NOWHERE);
  }
}

function leave(state: State): Move {
  if (state.at === "choosing") return move(NOWHERE, { do: "dropQuote" });
  return hasFields(state) ? move(NOWHERE, { do: "unmount" }) : move(NOWHERE);
}

function hasFields(state: State): boolean {
  return state.at === "card" || (state.at === "stopping" && state.from.at === "card");
}
