import type { LedMode, SensehatData, SensehatSettings } from '@tailboard/contracts/sources/sensehat'
import type { Animation } from './driver.ts'
import { dark, dim, gaugePicture, messagePictures, type Picture } from './pictures.ts'

/** A message moves by one column in this time (ms). */
const messageFrameMs = 90

export interface Message {
  text: string
  colour: string
  times: number
}

/** What decides on the LEDs. `gaugeValue`: null when there is none that is current. */
export interface LedWish {
  settings: SensehatSettings
  isNight: boolean
  gaugeValue: number | null
  /** What somebody sent, until it has run through. */
  message: Message | null
  /** Switched off by hand, until something new is wished. */
  isCleared: boolean
}

export interface LedPlan {
  mode: LedMode
  message: string | null
  animation: Animation
}

/** What the LEDs show. Somebody's message goes before the owner's settings, but not before the night's dark. */
export function planLeds({ settings, isNight, gaugeValue, message, isCleared }: LedWish): LedPlan {
  const brightness = isNight
    ? Math.min(settings.nightBrightness, settings.ledBrightness)
    : settings.ledBrightness
  const { ledRotation: rotation, ledShow } = settings
  const still = (mode: LedMode, picture: Picture): LedPlan => ({
    mode,
    message: null,
    animation: { frames: [picture], frameMs: 1000, times: null, rotation },
  })
  const running = (text: string, colour: string, times: number | null): LedPlan => ({
    mode: 'message',
    message: text,
    animation: {
      frames: messagePictures(text, dim(colour, brightness)),
      frameMs: messageFrameMs,
      times,
      rotation,
    },
  })
  const hasSomething = message !== null || (!isCleared && ledShow !== 'off')
  if (!hasSomething) return still('off', dark)
  if (brightness === 0) return still('night', dark)
  if (message !== null) return running(message.text, message.colour, message.times)
  if (ledShow === 'message') {
    return settings.ledMessage.trim() === ''
      ? still('off', dark)
      : running(settings.ledMessage, settings.ledColour, null)
  }
  const {
    ledGaugeFrom: from,
    ledGaugeTo: to,
    ledGaugeYellowFrom: yellowFrom,
    ledGaugeRedFrom: redFrom,
  } = settings
  return still('gauge', gaugePicture(gaugeValue, { from, to, yellowFrom, redFrom }, brightness))
}

/** What is lit `elapsedMs` after an animation began. */
export function pictureAt({ frames, frameMs, times }: Animation, elapsedMs: number): Picture {
  const index = Math.floor(elapsedMs / frameMs)
  if (times !== null && index >= frames.length * times) return dark
  return frames[index % frames.length] ?? dark
}

/** The LEDs as they are told. */
export function toLedData(
  plan: LedPlan,
  elapsedMs: number,
  isAvailable: boolean,
  gauge: SensehatData['leds']['gauge'],
): SensehatData['leds'] {
  const picture = pictureAt(plan.animation, elapsedMs)
  return {
    isAvailable,
    mode: plan.mode,
    message: plan.message,
    gauge: plan.mode === 'gauge' ? gauge : null,
    pixels: !isAvailable || picture === dark ? null : picture,
  }
}

/** How long an animation takes that has an end (ms). */
export function lengthMs({ frames, frameMs, times }: Animation): number {
  return frames.length * frameMs * (times ?? Number.POSITIVE_INFINITY)
}
