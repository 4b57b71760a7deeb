/** Whether it blocks, and the timer that turns it over. */
export class BlockingState {
  #isOn = true
  #turnsAtS: number | null = null
  /** Stands for a DNS that is down. */
  isFailed = false

  set(isOn: boolean, forS: number | null, nowS: number): void {
    this.#isOn = isOn
    this.#turnsAtS = forS === null ? null : nowS + forS
  }

  at(nowS: number): { blocking: 'enabled' | 'disabled' | 'failed'; timer: number | null } {
    if (this.#turnsAtS !== null && nowS >= this.#turnsAtS) {
      this.#isOn = !this.#isOn
      this.#turnsAtS = null
    }
    if (this.isFailed) return { blocking: 'failed', timer: null }
    const timer = this.#turnsAtS === null ? null : this.#turnsAtS - nowS
    return { blocking: this.#isOn ? 'enabled' : 'disabled', timer }
  }
}
