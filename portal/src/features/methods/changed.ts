import type { Methods } from "../../api/schema";

/** The list after a change, and what is said of it. */
export type Changed = (methods: Methods, said: string) => void;
