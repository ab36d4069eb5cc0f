// Sets cookies. Reports to the server if the browser holds another value than the server's, or keeps none.

const DAYS = 400;

function held(name) {
  const pair = document.cookie.split("; ").find((cookie) => cookie.startsWith(`${name}=`));
  const value = pair ? pair.slice(name.length + 1) : "";
  return /^[0-9a-f]{32}$/.test(value) ? value : "";
}

function keep(name, value) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Path=/; Max-Age=${DAYS * 86400}; SameSite=Strict${secure}`;
}

export default function ({ data, setStateValue }) {
  keep(data.name, held(data.name) || data.value);
  for (const [name, value] of Object.entries(data.others)) keep(name, value);
  const kept = held(data.name);
  if (kept !== data.value) setStateValue("held", kept);
}
