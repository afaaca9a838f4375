"use strict";
// The script of the desk: sign in, send a file, watch what is under way. It asks this host alone.
(function () {
  const find = (id) => document.getElementById(id);
  const meta = document.querySelector("meta[name=key]");
  const key = meta ? meta.content : "login";
  const POLL = 2000, IDLE = 8 * 3600 * 1000, WARNED = 2 * 60 * 1000, TWICE = 5000;

  function say(text, bad) {
    const said = find("said");
    find("main").append(said);
    said.hidden = !text;
    said.className = bad ? "note bad" : "note";
    said.textContent = text;
  }

  async function post(place, body) {
    try {
      const answer = await fetch(place, { method: "POST", body: body || "", headers: { "X-Junheng": key }, credentials: "same-origin" });
      const told = await answer.json();
      return { ok: answer.ok, ...told };
    } catch (fault) {
      return { ok: false, said: "连不上服务器，请检查网络后再试。" };
    }
  }

  // Where an answer leads, and there what it says.
  function go(told) {
    if (told.said) sessionStorage.setItem("said", told.said);
    if (location.pathname === told.to) location.reload(); else location.assign(told.to);
  }
  if (sessionStorage.getItem("said")) {
    say(sessionStorage.getItem("said"));
    find("main").prepend(find("said"));
    sessionStorage.removeItem("said");
  }

  // Buttons that change something: some ask to be pressed twice, all are dead while they work.
  for (const button of document.querySelectorAll("[data-post]")) {
    const words = button.innerHTML;
    let asked = 0;
    button.addEventListener("click", async () => {
      if (button.dataset.ask && Date.now() - asked > TWICE) {
        asked = Date.now();
        button.textContent = button.dataset.ask;
        say(button.dataset.ask);
        setTimeout(() => { if (!button.disabled) { button.innerHTML = words; say(""); } }, TWICE);
        return;
      }
      button.disabled = true;
      const told = await post(button.dataset.post, button.dataset.body);
      if (told.to) return go(told);
      button.disabled = false;
      button.innerHTML = words;
      say(told.said, true);
    });
  }

  const login = find("login");
  if (login) {
    const token = find("token"), fault = find("token-fault");
    const send = async () => {
      const told = await post("/login", token.value);
      if (told.to) return go(told);
      fault.textContent = told.said;
      token.setAttribute("aria-invalid", "true");
      token.focus();
    };
    login.addEventListener("submit", (event) => { event.preventDefault(); send(); });
    if (location.pathname === "/t" && location.hash.length > 1) {
      token.value = decodeURIComponent(location.hash.slice(1));
      history.replaceState(null, "", "/");
      send();
    }
  }

  const drop = find("drop");
  if (drop) {
    const file = find("file"), year = find("year"), fault = find("file-fault");
    const tooLarge = "文件超过 " + drop.dataset.mostMb + " MB，没有上传。请删去表中的图片和用不着的工作表，再传一次。";
    let busy = false;
    const chosen = () => drop.dataset.year || year.value;
    const named = () => {
      find("template").href = "/template/" + year.value + ".xlsx";
      document.querySelector(".which").textContent = year.value;
    };
    if (year) {
      year.addEventListener("change", named);
      named();
    }
    const send = (one) => {
      if (busy || !one) return;
      if (one.size > drop.dataset.mostMb * 1e6) {
        fault.textContent = tooLarge;
        file.value = "";
        return;
      }
      busy = true;
      fault.textContent = "";
      find("choose").disabled = true;
      find("sending").hidden = false;
      const request = new XMLHttpRequest();
      const end = (said) => {
        busy = false;
        find("choose").disabled = false;
        find("sending").hidden = true;
        file.value = "";
        fault.textContent = said;
        find("choose").focus();
      };
      request.open("PUT", "/upload/" + chosen());
      request.setRequestHeader("X-Junheng", key);
      request.setRequestHeader("X-File-Name", encodeURIComponent([...one.name].slice(-200).join("").replace(/\p{Surrogate}/gu, "_")));
      request.upload.onprogress = (event) => {
        const part = event.lengthComputable ? Math.round(100 * event.loaded / event.total) : 0;
        find("sent").value = part;
        find("sent-said").textContent = part < 100 ? "已传 " + part + "%" : "传完，正在写入磁盘……";
      };
      request.onload = () => {
        let told = {};
        try { told = JSON.parse(request.responseText); } catch (fault) { told = {}; }
        if (told.to) { go(told); } else { end(told.said || (request.status === 413 ? tooLarge : "文件没有收下，请再传一次。")); }
      };
      request.onerror = () => end("文件没有传成：网络断了，或传的时候文件被改动、移走了，或拖进来的是文件夹。请保存、关上文件，再拖一次。");
      request.send(one);
    };
    find("choose").addEventListener("click", () => file.click());
    file.addEventListener("change", () => send(file.files[0]));
    for (const name of ["dragover", "drop"]) document.addEventListener(name, (event) => event.preventDefault());
    drop.addEventListener("dragover", () => drop.classList.add("over"));
    drop.addEventListener("dragleave", () => drop.classList.remove("over"));
    drop.addEventListener("drop", (event) => {
      drop.classList.remove("over");
      const files = event.dataTransfer.files;
      if (files.length > 1) { fault.textContent = "一次只能拖入一个文件。"; return; }
      send(files[0]);
    });
  }

  const make = find("make");
  if (make) make.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = make.querySelector("button");
    if (button.disabled) return;
    button.disabled = true;
    const wanted = [...make.querySelectorAll("input:checked")].map((one) => one.value);
    const told = await post(make.dataset.to, wanted.join(","));
    if (told.to) return go(told);
    button.disabled = false;
    say(told.said, true);
  });

  const level = find("level");
  if (level) level.addEventListener("change", () => {
    let count = 0;
    for (const row of document.querySelectorAll("tr[data-level]")) {
      row.hidden = level.value !== "" && row.dataset.level !== level.value;
      count += row.hidden ? 0 : 1;
    }
    find("shown").textContent = "显示 " + count + " 条";
  });

  const polled = document.querySelector("[data-poll]");
  if (polled) {
    const ask = async () => {
      try {
        const answer = await fetch(polled.dataset.poll, { credentials: "same-origin" });
        const told = await answer.json();
        if (told.to) return go(told);
        if (told.said && polled.textContent !== told.said) polled.textContent = told.said;
        const bar = find("chapters");
        if (bar && told.chapter) bar.value = told.chapter;
        if (answer.ok && !told.waiting) { history.replaceState(null, "", "#result"); return location.reload(); }
      } catch (fault) {
        polled.textContent = "连不上服务器，正在重试……检查和生成不受影响。";
      }
      setTimeout(ask, POLL);
    };
    setTimeout(ask, POLL / 4);
  }
  if (location.hash === "#result" && find("result")) find("result").focus();

  const issue = find("issue");
  if (issue) {
    issue.addEventListener("submit", async (event) => {
      event.preventDefault();
      const told = await post("/op/tokens", find("unit").value + "," + find("label").value);
      find("issue-fault").textContent = told.ok ? "" : told.said;
      if (!told.ok) return find("unit").focus();
      find("issued").hidden = false;
      find("issued-name").textContent = told.name;
      find("issued-place").textContent = location.origin + "/";
      find("issued-token").textContent = told.token;
      find("issued").focus();
    });
    find("print").addEventListener("click", () => {
      document.body.classList.add("slip-only");
      window.print();
      document.body.classList.remove("slip-only");
    });
  }

  // Two minutes before the session ends for want of use; any click or key starts it anew.
  const idle = find("idle");
  if (idle) {
    let timer = 0;
    const start = () => {
      clearTimeout(timer);
      idle.hidden = true;
      timer = setTimeout(() => { idle.hidden = false; }, IDLE - WARNED);
    };
    find("stay").addEventListener("click", () => location.reload());
    start();
  }
}());
