/** What the environment tells npm: its own settings, which say where packages come from and how they are reached. */
const passed = /^(npm_config_.*|https?_proxy|no_proxy|node_extra_ca_certs|ssl_cert_file)$/i;

export const npmSettings: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) =>
    passed.test(name) && value !== undefined ? [[name, value]] : [],
  ),
);
