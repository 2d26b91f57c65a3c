import { reduce } from "./reducer";
import { NOWHERE, type Effect, type Event, type State } from "./state";

/** How each effect is done, and what it tells the way afterwards. */
export type Doings = { [K in Effect["do"]]: (effect: Extract<Effect, { do: K }>, tell: (event: Event) => void) => void };

/** Holds the state, and has done what the reducer says. */
export class Paying {
  state: State;
  private waiting: Effect[];
  private changed: (state: State) => void = () => {};

  /** Nothing is done before `start`: a page that is being drawn has no effects. */
  constructor(
    private readonly doings: Doings,
    first: Event,
  ) {
    const { state, effects } = reduce(NOWHERE, first, crypto.randomUUID());
    this.state = state;
    this.waiting = effects;
  }

  start(changed: (state: State) => void): void {
    this.changed = changed;
    this.waiting.splice(0).forEach(this.run);
  }

  stop(): void {
    this.changed = () => {};
    this.dispatch({ type: "left" });
  }

  readonly dispatch = (event: Event): void => {
    const { state, effects } = reduce(this.state, event, crypto.randomUUID());
    if (state !== this.state) this.changed((this.state = state));
    effects.forEach(this.run);
  };

  private readonly run = <K extends Effect["do"]>(effect: Extract<Effect, { do: K }>): void => {
    this.doings[effect.do as K](effect, this.dispatch);
  };
}
