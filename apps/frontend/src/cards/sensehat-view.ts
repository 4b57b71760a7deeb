import type { Press } from '@tailboard/contracts/press'
import type { SensehatData } from '@tailboard/contracts/sources/sensehat'
import type { Stamp } from '@tailboard/contracts/time'
import { ago, stampAgo } from '../format/age.ts'
import { type Quantity, quantity, said } from '../format/quantity.ts'
import { sensehatWords as text } from '../words/sensehat.ts'

/** A large number, and below it what it is worth. */
export interface Shown {
  figure: Quantity | null
  note: string | undefined
}

/** The room's temperature as it is estimated, else as it is measured, and which of the two it is. */
export function temperature({ climate, estimate }: SensehatData): Shown {
  return shown('°C', climate.temperatureC, estimate?.temperatureC ?? null)
}

export function humidity({ climate, estimate }: SensehatData): Shown {
  return shown('%', climate.humidityPercent, estimate?.humidityPercent ?? null)
}

function shown(unit: string, measured: number | null, estimated: number | null): Shown {
  if (measured === null) return { figure: null, note: undefined }
  return estimated === null
    ? { figure: quantity(measured, unit), note: text.asMeasured }
    : { figure: quantity(estimated, unit), note: text.estimate(said(measured, unit)) }
}

/** The pressure, with what it did in three hours. */
export function pressure({ climate, pressureTendency }: SensehatData): Shown {
  if (climate.pressureHpa === null) return { figure: null, note: undefined }
  const figure = quantity(climate.pressureHpa, 'hPa')
  if (pressureTendency === null) return { figure, note: text.noTendency }
  const { changeHpa, trend } = pressureTendency
  const sign = changeHpa > 0 ? '+' : changeHpa < 0 ? '−' : ''
  return { figure, note: text.tendency(text.trends[trend], `${sign}${Math.abs(changeHpa).toFixed(1)}`) }
}

export interface Led {
  x: number
  y: number
  /** Null: dark. */
  colour: string | null
}

/** The 64 LEDs, row by row from the top left. */
export function ledsOf(pixels: string | null): Led[] {
  return Array.from({ length: 64 }, (_, index) => {
    const colour = pixels?.slice(index * 6, index * 6 + 6) ?? '000000'
    return { x: index % 8, y: Math.floor(index / 8), colour: colour === '000000' ? null : `#${colour}` }
  })
}

/** What the LEDs show, in words. */
export function ledSentence({ isAvailable, mode, message, gauge }: SensehatData['leds']): string {
  if (!isAvailable) return text.noLeds
  switch (mode) {
    case 'message':
      return text.showsMessage(message ?? '')
    case 'gauge':
      return gauge === null || gauge.value === null
        ? text.showsNoGauge(gauge?.of ?? '')
        : text.showsGauge(gauge.of, said(gauge.value))
    case 'night':
      return text.night
    case 'off':
      return text.dark
  }
}

/** The last press, with what it did where this page or its server saw it happen. */
export function joystickSentence(
  { isAvailable, lastPress }: SensehatData['joystick'],
  press: Press | null,
  now: Stamp,
): string {
  if (!isAvailable) return text.noJoystick
  if (press !== null) {
    return text.pressed(text.keys[press.key], stampAgo(press.stamp, now), press.did ?? text.nothingSet)
  }
  if (lastPress === null) return text.neverPressed
  const ageMs = Math.max(0, Date.parse(now.at) - Date.parse(lastPress.at))
  return text.pressed(text.keys[lastPress.key], ago(ageMs), '')
}

type Motion = NonNullable<SensehatData['motion']>

/** How the Pi lies, in words. */
export function orientationSentence({ rollDegrees, pitchDegrees, headingDegrees }: Motion): string {
  const wind = text.winds[Math.round(headingDegrees / 45) % 8] ?? ''
  return text.orientation(degrees(rollDegrees), degrees(pitchDegrees), `${degrees(headingDegrees)} ${wind}`)
}

function degrees(value: number): string {
  return `${value < 0 ? '−' : ''}${Math.abs(value)}°`
}

/** Where the horizon is drawn in a circle of radius 40: turned by the roll, moved by the pitch, as far as it can be seen. */
export function horizon({ rollDegrees, pitchDegrees }: Motion): { turn: number; shift: number } {
  const shift = Math.max(-36, Math.min(36, pitchDegrees * 0.8))
  return { turn: -rollDegrees, shift }
}
