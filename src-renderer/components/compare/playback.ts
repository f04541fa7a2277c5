/** What the keyboard of the view asks of whatever plays in it. */
export interface Playback {
  /** Plays, or pauses. */
  toggle(): void
  /** Moves on by so many seconds, or back. */
  seekBy(seconds: number): void
}
