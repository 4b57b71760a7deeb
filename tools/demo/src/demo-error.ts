/** Why the demo can't run, in words for the person at the terminal. */
export class DemoError extends Error {}
