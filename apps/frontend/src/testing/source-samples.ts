import type { LiveModel } from '@tailboard/contracts/live'
import type { Aranet4Data, Aranet4Device } from '@tailboard/contracts/sources/aranet4'
import type { PiholeData } from '@tailboard/contracts/sources/pihole'
import type { SensehatData } from '@tailboard/contracts/sources/sensehat'
import type { TailscaleData, TailscalePeer } from '@tailboard/contracts/sources/tailscale'
import type { WeatherCondition, WeatherData } from '@tailboard/contracts/sources/weather'
import type { Stamp } from '@tailboard/contracts/time'
import { modelWith, withReading } from './samples.ts'

/** Every source with a good reading. */
export function fullModel(now: Stamp): LiveModel {
  let model = modelWith(now)
  model = withReading(model, 'weather', weatherSample(now.at), now)
  model = withReading(model, 'sensehat', sensehatSample(), now)
  model = withReading(model, 'aranet4', aranet4Sample(), now)
  model = withReading(model, 'pihole', piholeSample(), now)
  return withReading(model, 'tailscale', tailscaleSample(), now)
}

const hourMs = 3_600_000

/** Weather in Berlin at that moment: dry at first, rain from the sixth hour to the ninth. */
export function weatherSample(at: string): WeatherData {
  const hour = Math.floor(Date.parse(at) / hourMs) * hourMs
  const skies: WeatherCondition[] = [
    'partly-cloudy',
    'overcast',
    'rain',
    'rain-showers',
    'clear',
    'fog',
    'snow',
  ]
  const hours = Array.from({ length: 24 }, (_, index) => ({
    at: new Date(hour + index * hourMs).toISOString(),
    weatherCode: 2,
    condition: skies[Math.floor(index / 4)] ?? 'unknown',
    isDay: index < 12,
    temperature: Math.round(60 + 50 * Math.sin(index / 4)) / 10,
    precipitation: index >= 6 && index < 9 ? 0.6 + index / 10 : 0,
    precipitationPercent: index >= 6 && index < 9 ? 80 : 5,
    windSpeed: 12 + index / 2,
  }))
  const days = Array.from({ length: 7 }, (_, index) => ({
    date: new Date(hour + index * 24 * hourMs).toISOString().slice(0, 10),
    weatherCode: 61,
    condition: skies[index] ?? 'unknown',
    temperatureMax: 9.4 + index,
    temperatureMin: 1.6 - index / 2,
    precipitation: index % 2 === 0 ? 4.1 : 0,
    precipitationPercent: index % 2 === 0 ? 80 : 10,
    windSpeedMax: 31,
    uvIndexMax: 1.4,
    sunrise: new Date(hour + (index * 24 + 1) * hourMs).toISOString(),
    sunset: new Date(hour + (index * 24 + 12) * hourMs).toISOString(),
  }))
  return {
    place: {
      name: 'Berlin, State of Berlin, Germany',
      latitude: 52.5244,
      longitude: 13.4105,
      timeZone: 'Europe/Berlin',
      utcOffsetS: 3600,
    },
    grid: { latitude: 52.5, longitude: 13.51, elevationM: 38 },
    units: { temperature: '°C', wind: 'km/h', precipitation: 'mm' },
    provider: 'open-meteo',
    attribution: { text: 'Weather data by Open-Meteo.com', url: 'https://open-meteo.com/' },
    now: {
      weatherCode: 2,
      condition: 'partly-cloudy',
      isDay: true,
      temperature: 6.2,
      feelsLike: 3.4,
      humidityPercent: 70,
      precipitation: 0,
      windSpeed: 15.8,
      windGust: 23.8,
      windDirectionDegrees: 230,
      cloudPercent: 60,
      pressureHpa: 1014.9,
    },
    hours,
    hoursPerStep: 1,
    days,
  }
}

/** A Pi-hole that blocks, with a full day behind it. */
export function piholeSample(change: Partial<PiholeData> = {}): PiholeData {
  const wave = (index: number) => Math.round(90 + 80 * Math.sin(index / 11) + ((index * 37) % 23))
  return {
    blocking: { state: 'enabled', remainingS: null },
    queries: {
      total: 13_512,
      blocked: 2_431,
      blockedPercent: 18,
      uniqueDomains: 1_204,
      forwarded: 6_800,
      cached: 4_281,
      perS: 0.2,
    },
    clients: { active: 14, known: 23 },
    lists: { domains: 164_320, updatedAt: '2031-03-02T03:11:00.000Z' },
    history: {
      from: '2031-03-03T05:05:00.000Z',
      slotS: 600,
      total: Array.from({ length: 145 }, (_, index) => (index > 60 && index < 66 ? null : wave(index))),
      blocked: Array.from({ length: 145 }, (_, index) =>
        index > 60 && index < 66 ? null : Math.round(wave(index) / 5),
      ),
    },
    topBlocked: [
      { domain: 'ads.example.com', count: 411 },
      { domain: 'a-very-long-name.of-some-tracker.that-goes-on.and-on.metrics.example.net', count: 208 },
    ],
    topPermitted: [{ domain: 'example.org', count: 1_022 }],
    topClients: [
      { name: 'tv.lan', address: '192.168.1.31', count: 4_120 },
      { name: null, address: '192.168.1.77', count: 97 },
    ],
    software: {
      api: 'v6',
      core: 'v6.1.2',
      web: 'v6.2',
      ftl: 'v6.2.3',
      docker: null,
      updates: [{ part: 'core', installed: 'v6.1.2', latest: 'v6.1.4' }],
    },
    ...change,
  }
}

/** A HAT whose every part answers, its LEDs lit in one corner. */
export function sensehatSample(change: Partial<SensehatData> = {}): SensehatData {
  return {
    climate: {
      temperatureC: 34.2,
      humidityPercent: 31.5,
      pressureChipTemperatureC: 33.6,
      pressureHpa: 1_006.2,
    },
    pressureTendency: { changeHpa: -1.4, trend: 'falling' },
    estimate: { temperatureC: 23.4, humidityPercent: 58.9, factor: 2 },
    cpuTemperatureC: 56,
    motion: {
      rollDegrees: 4,
      pitchDegrees: -12,
      headingDegrees: 271,
      accelerationG: { x: 0.03, y: 0.02, z: 0.99 },
      compassUt: { x: 20, y: -3, z: -40 },
    },
    leds: {
      isAvailable: true,
      mode: 'message',
      message: 'Dinner',
      gauge: null,
      pixels: 'ff8800'.repeat(3) + '000000'.repeat(58) + '0088ff'.repeat(3),
    },
    joystick: { isAvailable: true, lastPress: { key: 'up', at: '2031-03-04T05:03:07.000Z' } },
    via: { humidity: 'i2c', pressure: 'i2c' },
    dropped: [],
    ...change,
  }
}

const peer = (name: string | null, change: Partial<TailscalePeer> = {}): TailscalePeer => ({
  name,
  addresses: ['100.64.0.2', 'fd7a:115c:a1e0::2'],
  os: 'linux',
  owner: 'me@example.com',
  tags: [],
  key: { state: 'valid', expires: '2031-08-01T00:00:00Z' },
  isOnline: true,
  lastSeen: null,
  connection: 'direct',
  relay: null,
  receivedBytes: 123_456_000,
  sentBytes: 65_432_100,
  offersExitNode: false,
  ...change,
})

/** A tailnet that is up with eight devices, one key about to run out. */
export function tailscaleSample(change: Partial<TailscaleData> = {}): TailscaleData {
  const peers = [
    peer('laptop', { os: 'macOS' }),
    peer('phone', { os: 'iOS', connection: 'relay', relay: 'fra' }),
    peer('nas', { connection: 'idle', key: { state: 'soon', expires: '2031-03-16T05:06:07Z' } }),
    peer('tv', { os: 'android', connection: 'peer-relay' }),
    peer('cabin', { isOnline: false, lastSeen: '2031-03-01T05:06:07Z', connection: 'idle' }),
    peer(null, { isOnline: false, os: null, connection: 'idle', owner: null, tags: ['tag:server'] }),
    peer('old-laptop', { isOnline: false, lastSeen: '2030-03-01T05:06:07Z', connection: 'idle' }),
    peer('older-laptop', { isOnline: false, connection: 'idle', key: { state: 'never', expires: null } }),
  ]
  return {
    state: 'running',
    isUp: true,
    tailnet: { name: 'me@example.com', dnsSuffix: 'tail1234.ts.net' },
    self: {
      name: 'pi',
      addresses: ['100.101.102.103', 'fd7a:115c:a1e0::6a01:6667'],
      os: 'linux',
      owner: 'me@example.com',
      tags: [],
      key: { state: 'valid', expires: '2031-08-01T00:00:00Z' },
      dnsName: 'pi.tail1234.ts.net',
      isOnline: true,
      relay: 'fra',
    },
    exitNode: null,
    counts: { peers: peers.length, online: 4, keysRunningOut: 1 },
    hidden: { shared: 1, mullvad: 0 },
    traffic: {
      receivedBytes: 812_000_000,
      sentBytes: 1_900_000_000,
      receivedBytesPerS: 2_100,
      sentBytesPerS: 14_300,
    },
    peers,
    health: [],
    software: { version: '1.96.4', isUpdateAvailable: true, latestVersion: '1.98.0', isUpdateUrgent: false },
    ...change,
  }
}

export function aranet4Device(change: Partial<Aranet4Device> = {}): Aranet4Device {
  return {
    address: 'c7:18:1e:21:f4:87',
    name: 'Living room',
    model: 'aranet4',
    state: 'ok',
    measuredAt: '2031-03-04T05:05:07.000Z',
    staleAfterS: 900,
    intervalS: 300,
    counter: 12,
    co2Ppm: 1_238,
    temperatureC: 21.4,
    humidityPercent: 41,
    pressureHpa: 1_013.2,
    radonBqM3: null,
    radiationNsvH: null,
    radiationTotalNsv: null,
    radiationDurationS: null,
    colour: 'yellow',
    temperatureRange: null,
    humidityRange: null,
    batteryPercent: 87,
    isBatteryLow: false,
    calibration: 'none',
    isUpdating: false,
    firmware: 'v1.4.19',
    rssiDbm: -71,
    ...change,
  }
}

/** Two rooms with air, and a neighbour's device. */
export function aranet4Sample(devices: Aranet4Device[] = [aranet4Device()]): Aranet4Data {
  return {
    devices,
    nearby: [
      {
        address: 'd1:02:03:04:05:06',
        name: 'Aranet4 0B2C1',
        model: 'aranet4',
        rssiDbm: -80,
        hasIntegrations: true,
      },
      { address: 'd1:02:03:04:05:07', name: null, model: null, rssiDbm: -91, hasIntegrations: false },
    ],
  }
}
