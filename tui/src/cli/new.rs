//! `overunder new [TEMPLATE]`: a lab to begin with.

use std::io::ErrorKind;
use std::path::Path;

use clap::Args;

use super::failure::Failure;
use super::output::Output;
use super::source;
use crate::fresh;

/// A lab to begin with.
struct Template {
    name: &'static str,
    en: &'static str,
    zh: &'static str,
    text: &'static str,
}

/// One template = one file and one entry here.
const TEMPLATES: &[Template] = &[
    Template {
        name: "blank",
        en: "the smallest lab: two hosts, one ping, one expectation",
        zh: "最小的实验:两台主机、一次 ping、一条期望",
        text: include_str!("../../templates/blank.ron"),
    },
    Template {
        name: "hosts",
        en: "two hosts on a cable: moments, links with options, selectors",
        zh: "一根线上的两台主机:时刻、带选项的链路、选择器",
        text: include_str!("../../templates/hosts.ron"),
    },
    Template {
        name: "switch",
        en: "three hosts on a switch, with a question, a misconception and hints",
        zh: "一台交换机上的三台主机,带一道题、一个误解和提示",
        text: include_str!("../../templates/switch.ron"),
    },
    Template {
        name: "repair",
        en: "something is broken: goals, a solution, and attempts that do not count",
        zh: "有故障的网络:目标、一个解法,以及不算数的尝试",
        text: include_str!("../../templates/repair.ron"),
    },
    Template {
        name: "cluster",
        en: "a cluster: two nodes with two pods each, joined by a plugin, and the same with another",
        zh: "一个集群:两个节点,各有两个 pod,由一个插件连接,再换一个插件",
        text: include_str!("../../templates/cluster.ron"),
    },
    Template {
        name: "design",
        en: "an answer to a brief such as c2-openstack, to be graded",
        zh: "对设计书(如 c2-openstack)的回答,供评分",
        text: include_str!("../../templates/design.ron"),
    },
];

#[derive(Args, Debug)]
pub struct New {
    /// The template; without it they are listed
    template: Option<String>,
    /// The file to write, `-` for standard output; TEMPLATE.ron if not given
    #[arg(short, long, value_name = "FILE")]
    output: Option<String>,
}

impl New {
    pub fn run(&self, out: &mut Output) -> Result<(), Failure> {
        let Some(name) = &self.template else {
            if self.output.is_some() {
                return Err(Failure::usage("which template?", "`overunder new` lists them"));
            }
            return list(out);
        };
        let template = find(name)?;
        let path = self.output.clone().unwrap_or_else(|| format!("{name}.ron"));
        if path == "-" {
            for line in template.text.lines() {
                out.line(line)?;
            }
            return Ok(());
        }
        write(&path, template.text)?;
        out.remark(&format!(
            "{}\n  overunder check {path}\n  overunder run {path}",
            out.lang.pick(&format!("{path} is written; now:"), &format!("已写入 {path};接下来:"))
        ));
        Ok(())
    }
}

fn list(out: &mut Output) -> Result<(), Failure> {
    for template in TEMPLATES {
        out.line(&format!("{:<8} {}", template.name, out.lang.pick(template.en, template.zh)))?;
    }
    out.remark(out.lang.pick("hint: overunder new switch -o my-lab.ron", "提示:overunder new switch -o my-lab.ron"));
    Ok(())
}

fn find(name: &str) -> Result<&'static Template, Failure> {
    TEMPLATES.iter().find(|template| template.name == name).ok_or_else(|| {
        let names = || TEMPLATES.iter().map(|template| template.name);
        let all = names().collect::<Vec<_>>().join(", ");
        let hint = source::nearest(name, names())
            .map_or_else(|| format!("there is: {all}"), |near| format!("did you mean `{near}`? There is: {all}"));
        Failure::usage(format!("there is no template `{name}`"), hint)
    })
}

/// Writes a file that is not there yet.
fn write(path: &str, text: &str) -> Result<(), Failure> {
    fresh::write(Path::new(path), text.as_bytes()).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Failure::usage(
            format!("{path} is there already and is kept"),
            "give another name: -o FILE, or `-o -` to see the template",
        ),
        _ => Failure::File(path.to_owned(), error),
    })
}
