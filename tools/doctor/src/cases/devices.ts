import { all, type Case, env, file, gone, notAPi, off, says, without } from './change.ts'

export const devices: Record<string, Case[]> = {
  i2c: [
    [
      'off',
      all(gone('/dev/i2c-1'), file('/boot/firmware/config.txt', '#dtparam=i2c_arm=on\n')),
      'PROBLEM',
      /switched off/,
      /do_i2c 0/,
    ],
    [
      'on, module missing',
      all(gone('/dev/i2c-1'), file('/proc/modules', 'cfg80211 1 0\n')),
      'PROBLEM',
      /i2c-dev/,
      /modprobe i2c-dev/,
    ],
    ['on, not yet started', gone('/dev/i2c-1'), 'PROBLEM', /no \/dev\/i2c-1 yet/, /^sudo reboot$/],
    ['not needed', all(gone('/dev/i2c-1'), off('sensehat')), 'ok', /not needed/],
    ['no Pi', all(gone('/dev/i2c-1'), notAPi), 'unknown', /no Raspberry Pi/],
  ],
  'sense-hat': [
    ['none', gone('/proc/device-tree/hat/product'), 'warning', /no HAT/, /40 pins/],
    ['another', file('/proc/device-tree/hat/product', 'PoE HAT\0'), 'warning', /another/, /enabled: false/],
    [
      'no LEDs',
      file('/sys/class/graphics/fb0/name', 'BCM2708 FB\n'),
      'warning',
      /LEDs/,
      /dtoverlay=rpi-sense/,
    ],
    ['not needed', all(gone('/proc/device-tree/hat/product'), off('sensehat')), 'ok', /not needed/],
    ['no Pi', notAPi, 'unknown', /no Raspberry Pi/],
  ],
  bluetooth: [
    ['no adapter', gone('/sys/class/bluetooth/hci0/uevent'), 'warning', /no Bluetooth adapter/, /aranet4/],
    [
      'switched off in config.txt',
      all(
        gone('/sys/class/bluetooth/hci0/uevent'),
        file('/boot/firmware/config.txt', 'dtoverlay=pi3-disable-bt\n'),
      ),
      'warning',
      /switched off in/,
      /disable-bt/,
    ],
    [
      'down',
      says('hciconfig', 'hci0', 'hci0:\tType: Primary\n\tDOWN\n'),
      'PROBLEM',
      /switched off/,
      /hciconfig hci0 up/,
    ],
    ['nobody to ask', without('hciconfig'), 'unknown', /hciconfig/],
    ['not needed', all(gone('/sys/class/bluetooth/hci0/uevent'), off('aranet4')), 'ok', /not needed/],
  ],
  rfkill: [
    [
      'Bluetooth',
      file('/sys/class/rfkill/rfkill0/soft', '1\n'),
      'PROBLEM',
      /blocked by rfkill/,
      /rfkill unblock bluetooth/,
    ],
    ['by a switch', file('/sys/class/rfkill/rfkill0/hard', '1\n'), 'PROBLEM', /switch/, /software/],
    [
      'Wi-Fi',
      all(file('/sys/class/rfkill/rfkill1/type', 'wlan\n'), file('/sys/class/rfkill/rfkill1/soft', '1\n')),
      'warning',
      /Wi-Fi/,
      /do_wifi_country/,
    ],
    [
      'Bluetooth, not needed',
      all(file('/sys/class/rfkill/rfkill0/soft', '1\n'), off('aranet4')),
      'ok',
      /switched off in config/,
    ],
  ],
  camera: [
    ['none', gone('/dev/video0'), 'warning', /not there/, /CAMERA_INPUT=/],
    ['the Pi’s own', env('CAMERA_INPUT=libcamera\n'), 'warning', /rpicam-vid/, /USB/],
    ['of the network', env('CAMERA_INPUT="rtsp://me:s3cret@192.0.2.1/x"\n'), 'ok', /network/],
    ['the test picture', env("CAMERA_INPUT='test'\n"), 'ok', /test picture/],
    [
      'in a file',
      all(gone('/dev/video0'), env('CAMERA_INPUT_FILE=/run/secrets/camera\n')),
      'ok',
      /in a file/,
    ],
    ['no kind', env('CAMERA_INPUT=/dev/video0\n'), 'PROBLEM', /no kind/, /v4l2:/],
    ['not needed', all(gone('/dev/video0'), off('camera')), 'ok', /not needed/],
  ],
}
