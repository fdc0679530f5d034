/** What both pages share: the events that tests wait for, and packets as the browser counts them. */

export const events = [];
window.events = events;

export function tell(name, detail = '') {
  events.push(`${name}${detail === '' ? '' : ` ${detail}`}`);
  const log = document.getElementById('log');
  const time = new Date().toTimeString().slice(0, 8);
  log.textContent += `${time}  ${name} ${detail}\n`;
  log.scrollTop = log.scrollHeight;
}

export function show(id, text) {
  document.getElementById(id).textContent = text;
}

/** Audio packets of a peer connection: sent, and received. */
export async function packetsOf(connection) {
  const packets = { sent: 0, received: 0 };
  if (connection === undefined || connection === null) return packets;
  for (const report of (await connection.getStats()).values()) {
    if (report.type === 'outbound-rtp') packets.sent += report.packetsSent;
    if (report.type === 'inbound-rtp') packets.received += report.packetsReceived;
  }
  return packets;
}

export function playRemote(connection) {
  connection.addEventListener('track', ({ streams, track }) => {
    const audio = new Audio();
    audio.srcObject = streams[0] ?? new MediaStream([track]);
    audio.play();
  });
}

/** `domain` and `socket` (a wss URL) come from the server of the page. */
export const gateway = () => fetch('gateway.json').then((response) => response.json());
