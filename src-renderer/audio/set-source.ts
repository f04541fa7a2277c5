/**
 * Gives an audio element another sound, or none, and forgets the one before. A load that has only begun is ended first: it would
 * ask for an address that is gone.
 */
export function setSource(audio: HTMLAudioElement, sound: Blob | undefined): void {
  const old = audio.src
  audio.pause()
  audio.removeAttribute('src')
  audio.load()
  if (old.startsWith('blob:')) URL.revokeObjectURL(old)
  if (sound !== undefined) audio.src = URL.createObjectURL(sound)
}
