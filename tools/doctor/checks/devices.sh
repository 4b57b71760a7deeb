# What is plugged onto the Pi or built into it.
# shellcheck shell=bash
checks+=(i2c sense-hat bluetooth rfkill camera)

check_i2c() {
  local config
  ! is_off sensehat || { ok "The Sense HAT is $switched_off."; return; }
  exists /dev/i2c-1 && { ok 'I2C bus 1 is there.'; return; }
  is_pi || { unchecked "$no_pi"; return; }
  config=$(boot_file config.txt)
  if ! text "$config" | grep -Eq '^[[:space:]]*dtparam=([^#]*,)?i2c_arm=on'; then
    problem 'I2C is switched off: the Sense HAT can’t be read.' 'sudo raspi-config nonint do_i2c 0'
  elif ! text /proc/modules | grep -q '^i2c_dev '; then
    problem 'I2C is on, but the kernel’s module i2c-dev is not loaded: there is no /dev/i2c-1.' \
      'echo i2c-dev | sudo tee /etc/modules-load.d/i2c-dev.conf && sudo modprobe i2c-dev'
  else
    problem "$config switches I2C on, but there is no /dev/i2c-1 yet." 'sudo reboot'
  fi
}

check_sense_hat() {
  ! is_off sensehat || { ok "The Sense HAT is $switched_off."; return; }
  is_pi || { unchecked "$no_pi"; return; }
  local product
  product=$(first_line /proc/device-tree/hat/product)
  if [ -z "$product" ]; then
    warning 'The Pi found no HAT when it started.' \
      'sudo poweroff, press the HAT onto all 40 pins, switch on. None at all: sources.sensehat.enabled: false in config/tailboard.yaml'
  elif [[ $product != *'Sense HAT'* ]]; then
    warning 'The HAT on this Pi is another one.' 'sources.sensehat.enabled: false in config/tailboard.yaml'
  elif ! cat "$root"/sys/class/graphics/fb*/name 2>/dev/null | grep -q 'RPi-Sense FB'; then
    warning 'The Sense HAT is there, but its LEDs and joystick are not: the overlay rpi-sense is not loaded.' \
      "echo dtoverlay=rpi-sense | sudo tee -a $(boot_file config.txt) && sudo reboot"
  else
    ok 'The Sense HAT is there, with its LEDs.'
  fi
}

check_bluetooth() {
  ! is_off aranet4 || { ok "Bluetooth (for Aranet) is $switched_off."; return; }
  local adapter
  adapter=$(cd "$root/sys/class/bluetooth" 2>/dev/null && printf '%s\n' hci* | grep -E '^hci[0-9]+$' | head -n 1)
  if [ -z "$adapter" ]; then
    if text "$(boot_file config.txt)" | grep -Eq '^[[:space:]]*dtoverlay=[a-z0-9-]*disable-bt'; then
      warning "Bluetooth is switched off in $(boot_file config.txt)." \
        "sudo sed -i '/disable-bt/d' $(boot_file config.txt) && sudo systemctl enable hciuart; sudo reboot"
    else
      warning 'There is no Bluetooth adapter, so no Aranet can be heard.' 'without one: sources.aranet4.enabled: false in config/tailboard.yaml'
    fi
  elif ! has hciconfig || ! ask hciconfig "$adapter"; then
    unchecked 'there is an adapter, but no hciconfig that tells whether it is up' 'sudo apt install bluez'
  elif [[ $out == *'UP RUNNING'* ]]; then
    ok 'The Bluetooth adapter is up.'
  else
    problem 'The Bluetooth adapter is switched off.' "sudo rfkill unblock bluetooth && sudo hciconfig $adapter up"
  fi
}

check_rfkill() {
  local switch kind blocked=()
  for switch in "$root"/sys/class/rfkill/rfkill*; do
    [ -e "$switch/type" ] || continue
    kind=$(cat "$switch/type")
    [ "$(cat "$switch/hard" 2>/dev/null)" != 1 ] || blocked+=("$kind-hard")
    [ "$(cat "$switch/soft" 2>/dev/null)" != 1 ] || blocked+=("$kind")
  done
  case " ${blocked[*]-} " in
    *' bluetooth-hard '* | *' wlan-hard '*) problem 'A switch on the device itself has turned a radio off.' 'turn it on: software can’t' ;;
    *' bluetooth '*)
      if is_off aranet4; then ok "Bluetooth is blocked, and Aranet is $switched_off."; else
        problem 'Bluetooth is blocked by rfkill.' 'sudo rfkill unblock bluetooth && sudo hciconfig hci0 up'
      fi
      ;;
    *' wlan '*) warning 'Wi-Fi is blocked by rfkill; often its country was never set.' 'sudo raspi-config nonint do_wifi_country DE   (your country), then: sudo rfkill unblock wifi' ;;
    *) ok 'No radio is blocked.' ;;
  esac
}

check_camera() {
  local input
  ! is_off camera || { ok "The camera is $switched_off."; return; }
  [ -z "$(env_value CAMERA_INPUT_FILE)" ] || { ok 'The camera’s address is in a file, which is not looked at here.'; return; }
  input=$(env_value CAMERA_INPUT)
  input=${input:-v4l2:/dev/video0}
  case $input in
    test) ok 'The camera is the test picture.' ;;
    rtsp://* | rtsps://*) ok 'The camera is one of the network; it is not tried here.' ;;
    libcamera)
      warning 'The Pi’s own camera needs rpicam-vid, which our image has not (apps/camera/README.md).' \
        'take a USB or a network camera, or build the image with rpicam-apps in it'
      ;;
    v4l2:/dev/*)
      if exists "${input#v4l2:}"; then
        ok 'The camera’s device is there.'
      else
        warning 'The camera’s device is not there.' \
          'plug it in; v4l2-ctl --list-devices names it: CAMERA_INPUT=v4l2:/dev/videoN in .env. None: sources.camera.enabled: false in config/tailboard.yaml'
      fi
      ;;
    *) problem 'CAMERA_INPUT in .env names no kind of camera that we know.' 'write v4l2:/dev/videoN, rtsp://…, libcamera or test there, then: docker compose up -d' ;;
  esac
}
