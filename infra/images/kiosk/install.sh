#!/bin/sh
# Turns a fresh Debian 12 without a desktop into a kiosk. Run as root; the second time it changes only what differs.
# Usage: install.sh https://kiosk.sportello.example
set -eu
origin=${1:?the address of the kiosk page, e.g. https://kiosk.sportello.example}
case $origin in
  https://*/*) echo "give the address without a path: $origin" >&2; exit 1 ;;
  https://*) ;;
  *) echo "a kiosk speaks https only: $origin" >&2; exit 1 ;;
esac
here=$(cd "$(dirname "$0")" && pwd)
[ "$(id -u)" = 0 ] || { echo "run as root" >&2; exit 1; }

DEBIAN_FRONTEND=noninteractive apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
  cage chromium cups fonts-liberation pipewire-audio wireplumber speech-dispatcher-espeak-ng usbguard unattended-upgrades

id kiosk >/dev/null 2>&1 || useradd --system --create-home --shell /usr/sbin/nologin --groups video,audio,render,input kiosk
install -d -m 0755 /etc/chromium/policies/managed /usr/local/lib/sportello-kiosk
sed "s|@ORIGIN@|$origin|g" "$here/policies.json" > /etc/chromium/policies/managed/sportello.json
printf 'ORIGIN=%s\n' "$origin" > /etc/sportello-kiosk.conf
install -m 0755 "$here/browser" /usr/local/lib/sportello-kiosk/browser
install -m 0644 "$here/kiosk.service" /etc/systemd/system/sportello-kiosk.service

# No other consoles to change to, no keys that restart the machine, no sleep.
install -d /etc/systemd/logind.conf.d
printf '[Login]\nNAutoVTs=0\nReserveVT=0\nHandlePowerKey=ignore\nHandleSuspendKey=ignore\nHandleLidSwitch=ignore\n' > /etc/systemd/logind.conf.d/kiosk.conf
printf 'kernel.sysrq = 0\n' > /etc/sysctl.d/90-kiosk.conf
systemctl mask --quiet ctrl-alt-del.target sleep.target suspend.target hibernate.target

# What is plugged in now may stay; a stick or a keyboard that comes later is refused.
if [ ! -s /etc/usbguard/rules.conf ]; then
  usbguard generate-policy > /etc/usbguard/rules.conf
  chmod 0600 /etc/usbguard/rules.conf
fi

systemctl daemon-reload
systemctl enable --quiet usbguard sportello-kiosk.service
systemctl set-default graphical.target >/dev/null
echo "Done. Restart the machine; the screen asks for the activation code that the back office shows."
