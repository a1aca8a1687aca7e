"""The interface in the languages that the bot speaks, and which of them somebody is spoken to in.

Korean is written in 해요체, Japanese in です・ます. What is missing here would show in English; a test sees that nothing is.
"""

from collections.abc import Mapping
from types import MappingProxyType

from bot.texts import ENGLISH, Texts
from index.rendering import Phrases

KOREAN = Texts(
    answer=Phrases(
        understood="이렇게 이해했어요: {question}",
        perhaps="가장 가까운 구절이에요. 답이 아닐 수도 있어요:",
        near="가까운 구절이에요:",
        none="제 문서에는 나와 있지 않아요. 짐작하기보다 “문서에 없다”고 말씀드릴게요.",
        empty="제 문서에는 나와 있지 않아요. 아직 문서가 하나도 없어요.",
        otherwise="다른 구절에는 이렇게 나와 있어요:",
        source="{title}, {paragraph}번째 문단",
        leaf="{page}쪽",
        page="{pages}개 중 {page}번째",
        found="“{words}”에 가장 가까운 구절이에요:",
        found_nothing="“{words}”에 가까운 구절이 없어요.",
    ),
    previous="« 이전",
    next="다음 »",
    more="더 보기",
    less="줄이기",
    more_passages="가장 가까운 구절 보기",
    source="출처",
    source_gone="“{title}” 문서는 이제 없어요. 제 문서에서 빠졌어요.",
    voted="고마워요. 기록했어요.",
    vote_withdrawn="평가를 취소했어요.",
    description=(
        "제 문서에 대해 편하게 물어보세요. 답이 되는 문장을 그대로 인용하고 출처를 알려 드려요. 문서에 없으면 없다고 말씀드려요.\n\n"
        "여기로 파일을 보내 주시면 그 파일로도 답하고, 그룹에 초대해 주시면 거기서 물으실 때 답해요.\n\n"
        "아직은 영어로 쓴 질문과 문서만 읽을 수 있어요."
    ),
    about="이 팀의 문서에서 인용문과 출처를 찾아 답해 드려요.",
    start=(
        "안녕하세요! 제 문서에 대해 편하게 물어보세요. 인용문과 출처로 답하고, 문서에 없으면 없다고 말씀드려요. "
        "아직은 영어로 쓴 질문과 문서만 읽을 수 있어요."
    ),
    try_asking="/sources는 제가 읽은 문서 목록, /search는 구절 찾기, /help는 나머지 안내예요.",
    help_private=(
        "질문을 그냥 써 주세요. 아직은 영어로 쓴 질문과 문서만 읽을 수 있어요. "
        "제가 잘못 이해했다면 메시지를 수정해 주세요. 답도 함께 수정돼요.\n\n"
        "/search 단어: 답을 뽑지 않고 가장 가까운 구절만 보여 드려요\n"
        "/sources: 답의 바탕이 되는 문서 목록이에요\n"
        "파일(PDF, 워드, 텍스트 등)을 보내거나 /add 뒤에 메모를 쓰시면, 여기서만 그 내용으로도 답해 드려요\n\n"
        "답 아래의 ‘다음’과 ‘이전’으로 다른 구절을 넘겨 보고, ‘더 보기’로 인용문 앞뒤를, "
        "‘출처’로 문서를 볼 수 있어요. 👍와 👎로 답이 어땠는지 알려 주세요.\n\n"
        "제대로 답하지 못한 질문은 이름 없이 남겨 두고, 운영하는 분이 내용을 더하면 알려 드려요. 자세한 것은 /privacy에 있어요."
    ),
    help_admins="운영하시는 분께: /stats는 무엇을 물어보셨는지, /gaps는 제 문서에 부족한 것, /doctor는 무엇이 되는지 알려 드려요.",
    help_group=(
        "여기서는 이렇게 물어보시면 돼요:\n{ways}\n\n/search{suffix} 명령으로 구절을 찾고, /sources{suffix} 명령으로 문서를 볼 수 있어요. "
        "파일이나 메시지에 /add{suffix} 명령으로 답장하시면 여기서 그 내용으로도 답해 드려요.\n\n"
        "제대로 답하지 못한 질문은 이 그룹의 관리자가 볼 수 있고(/gaps{suffix}), 내용을 더하면 알려 드려요. "
        "자세한 것은 /privacy{suffix} 명령으로 볼 수 있어요."
    ),
    way_command="• /ask{suffix} 뒤에 질문 쓰기",
    way_reply="• 제 메시지에 답장하기",
    way_ask_reply="• 다른 분의 메시지에 /ask{suffix}로 답장하기: 그 메시지에 답해 드려요",
    way_mention="• 메시지에서 {mention} 부르기",
    way_question="• 저를 부르지 않고 그냥 묻기: 답이 확실하면 답해 드려요",
    added="안녕하세요! 이 팀의 문서에서 인용문과 출처를 찾아 답해 드려요.",
    added_for_some="여기서는 등록된 분들께만 답해 드려요. /pair 뒤에 코드를 써서 보내시면 그룹 전체가 등록돼요.",
    sources_heading="문서 {count}개에서 답을 찾아요:",
    sources_heading_one="문서 하나에서 답을 찾아요:",
    sources_none="아직 문서가 없어요.",
    sources_more="… 외 {count}개가 더 있어요.",
    reading="“{name}” 문서를 읽고 있어요 …",
    indexing="“{name}” 문서를 찾아볼 수 있게 정리하고 있어요 … {percent}%",
    added_document="✓ “{title}” 문서를 받았어요. 이제 여기서 이 문서로도 답해 드려요.",
    replaced_document="✓ “{title}” 문서를 새 내용으로 바꿨어요.",
    replaced_other="✓ “{before}” 문서를 “{title}” 문서로 바꿨어요.",
    unchanged_document="✓ “{title}” 문서는 이미 똑같은 내용으로 있어요.",
    pages="{count}쪽",
    passages="구절 {count}개",
    in_english="영어",
    try_this="이렇게 물어보세요:",
    scanned="! 글자 없이 그림으로만 된 쪽: {pages}. 이 쪽은 읽을 수 없어요. 문자 인식(OCR)을 한 뒤 다시 보내 주세요.",
    broken="! 손상된 쪽: {pages}. 나머지는 읽었어요.",
    only_shared="! 이 대화방은 모두의 문서로만 답해요. 그래서 이 문서로는 답하지 않아요. /settings에서 바꿀 수 있어요.",
    unread_document="! 영어로 쓴 문서가 아닌 것 같아요. 아직 영어만 읽을 수 있어서 여기서는 답을 거의 찾지 못해요.",
    ask_apart="! 파일에 붙인 글에는 답하지 않아요. 질문이 있으시면 따로 메시지로 물어봐 주세요.",
    not_read="“{name}” 문서를 받을 수 없어요: {reason}",
    not_fetched="지금은 텔레그램에서 “{name}” 파일을 받을 수 없어요. 잠시 후에 다시 보내 주세요.",
    file_too_large="너무 커요. 봇은 {megabytes}MB가 넘는 파일을 받을 수 없고, 글이 지나치게 많은 문서도 못 읽어요. 나눠서 보내 주세요.",
    file_too_slow="읽는 데 너무 오래 걸려요. 나누거나 일반 텍스트로 저장해 주세요.",
    file_protected="암호가 걸려 있어요. 암호 없이 저장해서 다시 보내 주세요.",
    file_damaged="손상되었거나 이름과 다른 형식이에요. 열어서 새로 저장한 뒤 보내 주세요.",
    file_encoding="글자 인코딩을 알 수 없어서 잘못 읽을 수 있어요. UTF-8로 저장해서(Excel에서는 “CSV UTF-8”) 다시 보내 주세요.",
    file_no_text="글이 없어요. 스캔한 것이라면 먼저 문자 인식(OCR)을 해 주세요.",
    file_unknown="이런 파일은 읽을 수 없어요. {formats} 파일을 읽을 수 있으니 그중 하나로 저장해 주세요.",
    name_taken="여기에는 “{name}”라는 다른 문서가 있어요. 그 문서는 관리자와 추가한 분만 바꿀 수 있어요.",
    add_how=(
        "파일을 보내 주시면 그 문서로 답해 드려요. 명령 뒤에 메모를 쓰셔도 돼요: /add The office key is with Ben. "
        "메시지에 /add로 답장하시면 그 내용을 기억할게요."
    ),
    add_how_group=("파일이나 메시지에 /add{suffix}로 답장하거나, 명령 뒤에 메모를 쓰거나, 파일을 보낼 때 설명에 /add{suffix}를 써 주세요."),
    adding_admins="여기서는 이 그룹의 관리자만 문서를 추가할 수 있어요. 관리자가 /settings에서 모두에게 허용할 수 있어요.",
    own_sources="이 대화방의 문서는 {count}개예요. 번호를 눌러 열거나 바꾸거나 뺄 수 있어요:",
    own_sources_one="이 대화방의 문서는 하나예요. 번호를 눌러 열거나 바꾸거나 뺄 수 있어요:",
    shared_sources="모두가 함께 쓰는 문서예요:",
    added_by="{day}에 {adder} 님이 추가",
    open="열기",
    replace="바꾸기",
    remove="빼기",
    to_sources="« 모든 문서",
    replace_how="이 메시지에 새 파일로 답장하시면 이 문서와 바꿔 드려요. 메모라면 /add와 새 내용으로 답장해 주세요.",
    really_remove="“{title}” 문서를 뺄까요? 더 이상 이 문서로 답하지 않아요.",
    yes_remove="네, 뺄게요",
    no_keep="아니요, 둘게요",
    removed="“{title}” 문서를 뺐어요. 이제 이 문서로 답하지 않아요.",
    document_gone="이미 빠진 문서예요.",
    withdrawn_answer="이 내용이 있던 문서가 빠져서 더 이상 보여 드릴 수 없어요.",
    not_yours="이 문서는 그룹 관리자와 추가한 분만 바꿀 수 있어요.",
    too_long_to_open="“{title}” 문서는 너무 길어서 여기에 보낼 수 없어요.",
    empty_ask="무엇이 궁금하세요? 명령 뒤에 써 주세요: /ask when was it?",
    empty_ask_group="무엇이 궁금하세요? 명령 뒤에 쓰거나, 다른 분의 메시지에 /ask{suffix}로 답장해 주세요.",
    empty_search="어떤 단어를 찾을까요? 명령 뒤에 써 주세요: /search travel expenses",
    empty_mention="네? 제 이름 옆에 질문을 써 주시면 찾아볼게요.",
    unknown_command="모르는 명령이에요. 질문을 그대로 쓰시거나 /help를 봐 주세요.",
    only_text="글과 문서만 읽을 수 있어요. 질문을 쓰시거나 파일(PDF, 워드, 텍스트 등)을 보내 주시면 그 문서로 답해 드려요.",
    courtesy="도움이 되었다면 기뻐요! 문서에 대해 무엇이든 물어보세요.",
    greeting="안녕하세요! 문서에 대해 무엇이든 물어보세요.",
    disagreement="제가 잘못 이해했다면 질문을 수정하거나 👎를 눌러 주세요.",
    no_question="찾아볼 질문이 없어요. 몇 단어로 물어봐 주세요. 예: when was the office opened?",
    question_too_long="{most}자가 넘어요. 한두 문장으로 물어봐 주세요.",
    withdrawn="취소된 질문이에요.",
    not_served=(
        "정해진 분들께만 답해 드려요. 그중 한 분이라면 저를 운영하는 분께 코드를 받아 여기에 보내 주세요: /pair ABCD-EFGH. "
        "아니면 그분께 이 번호를 알려 주세요: {id}."
    ),
    not_served_chat="이 대화방은 아직 등록되지 않았어요. 저를 운영하는 분이 코드(/pair ABCD-EFGH)나 이 번호로 등록할 수 있어요: {id}.",
    leaving="저는 이제 나갈게요. 코드를 받으시면 저를 다시 초대하고 여기에 보내 주세요.",
    not_served_as_group="그룹 이름으로 쓰셔서 누구신지 알 수 없어요. 본인으로 써 주시거나 그룹 전체를 등록해 주세요: /pair ABCD-EFGH.",
    not_served_press="등록된 분들만 쓸 수 있는 버튼이에요.",
    press_gone="이 메시지는 더 이상 바꿀 수 없어요. 명령을 다시 보내 주시면 새로 써 드려요.",
    not_served_inline="정해진 분들께만 답해 드려요",
    not_served_guest="정해진 분들께만 답해 드려요. 그중 한 분이라면 개인 대화로 써 주세요. 등록하는 방법을 알려 드릴게요.",
    pair_how="명령 뒤에 코드를 써 주세요: /pair ABCD-EFGH. 코드는 저를 운영하는 분이 citebot pair로 만들 수 있어요.",
    pair_wrong="맞지 않거나 기한이 지난 코드예요. 저를 운영하는 분이 citebot pair로 새로 만들 수 있어요.",
    pair_slow="여러 번 시도하셨어요. 10분 후에 다시 해 주세요.",
    paired="반가워요! 이제부터 답해 드릴게요.",
    paired_group="반가워요! 이제부터 여기 계신 모든 분께 답해 드릴게요.",
    too_many="질문이 많네요! {seconds}초만 기다렸다가 다시 물어봐 주세요.",
    too_many_presses="조금만 천천히 눌러 주세요. {seconds}초 후에 다시 해 주세요.",
    too_many_here="잠시만요. 그룹에서는 글을 쓸 수 있는 횟수가 정해져 있어요. {seconds}초 후에 다시 해 주세요.",
    too_many_inline="질문이 많네요! 잠시만 기다려 주세요",
    privacy=(
        "버튼과 수정, 이어 묻기가 되도록, 또 제 문서에 무엇이 부족한지 알 수 있도록 질문과 답, 평가를 저장해요. "
        "그룹의 질문은 그 그룹의 관리자가, 개인 대화의 질문은 저를 운영하는 분이 이름 없이 볼 수 있어요. "
        "부족했던 내용이 더해지면 물어보신 분께 알려 드려요. "
        "로그에는 질문이 남지 않고, 여기에 쓰는 것과 받은 링크를 여는 요청(켜져 있을 때만) 말고는 아무것도 밖으로 나가지 않아요."
    ),
    kept_days="이 모든 것은 {days}일이 지나면 지워져요.",
    kept_always="지우는 날은 아직 정해지지 않았어요.",
    privacy_documents=(
        "주신 문서는 누군가 뺄 때까지(/sources) 남아 있어요. 개인 대화의 문서는 본인만, 그룹의 문서는 그 그룹의 사람들만 볼 수 있고, "
        "그룹에서는 누가 추가했는지도 보여요."
    ),
    privacy_erase=(
        "/forgetme로 지금까지의 질문과 평가를 모든 대화방에서, 그리고 개인 대화의 문서를 지울 수 있어요. 먼저 여쭤볼게요. "
        "그룹에 주신 문서는 남아요."
    ),
    really_forget="모든 대화방에서 하신 질문과 평가, 그리고 개인 대화의 문서를 지울까요? 지우면 되돌릴 수 없어요.",
    yes_forget="네, 지워 주세요",
    nothing_forgotten="아무것도 지우지 않았어요.",
    forget_others="다른 분께 여쭤본 거예요. 본인의 것을 지우시려면 /forgetme를 직접 보내 주세요.",
    forgotten="모든 대화방의 질문과 평가, 개인 대화의 문서를 지웠어요. 제 메시지는 그대로 있으니 필요하면 지워 주세요.",
    forget_who="그룹 이름으로 쓰셔서 누구의 질문인지 알 수 없어요. 본인으로, 되도록 개인 대화에서 써 주세요.",
    admins_only="관리자만 할 수 있어요.",
    admins_only_close="이 그룹의 관리자만 답이 되는 내용을 더할 수 있어요.",
    admins_only_private="관리자만 할 수 있어요. 저를 운영하는 분이 CITEBOT_ADMINS에 회원님의 번호({id})를 적으면 관리자가 돼요.",
    stats="질문 {questions}개: 답변 {answered}개, 추정 {perhaps}개, 문서에 없음 {none}개.\n👍 {up}  👎 {down}",
    gaps_most="제 문서에 부족한 것이에요. 많이 물어보신 것부터예요({pages}쪽 중 {page}쪽). 번호를 누르면 열려요:",
    gaps_newest="제 문서에 부족한 것이에요. 최근 것부터예요({pages}쪽 중 {page}쪽). 번호를 누르면 열려요:",
    gaps_none="지금 남은 것이 없어요. 답을 못 찾은 질문도, 👎를 받은 답도요.",
    gaps_all="부족한 것 모두 보기",
    digest="지난 소식 이후 제 문서에서 답을 찾지 못한 것이에요: {count}가지. 번호를 누르면 열려요:",
    gaps_by_count="많이 물어본 순",
    gaps_by_date="최근 순",
    gap_facts="질문 {count}번, 물어본 분 {askers}명, 마지막 {last}",
    gap_said="제 답: {answer}",
    gap_how=("답을 아시나요? 이 메시지에 답이 되는 {ways}로 답장해 주세요. 문서에 더하고 다시 찾아본 뒤, 물어보신 분들께 알려 드릴게요."),
    gap_how_private=(
        "답을 아시나요? 이 메시지에 답이 되는 {ways}로 답장해 주세요. 물어보신 분들의 문서에 더하고 다시 찾아본 뒤, 알려 드릴게요. "
        "모두에게 답하려면 문서 폴더(corpus)에 넣어 주세요."
    ),
    gap_unread="제가 아직 읽지 못하는 언어로 된 질문이라, 지금은 문서를 더해도 도움이 되지 않아요.",
    gap_wordings="물어본 표현 보기",
    gap_ask="지금 다시 찾기",
    gap_dismiss="넘기기",
    gap_dismissed="넘겼어요. 누군가 다시 물어보거나 👎를 누르면 돌아와요.",
    gap_undo="되돌리기",
    gap_what="{ways}로 답장해 주세요. 다른 것은 읽을 수 없어요.",
    gap_ways="문장이나 파일",
    gap_ways_links="문장이나 링크, 파일",
    gap_link="여기서는 링크를 열 수 없어요. 답이 되는 문장을 그대로 쓰거나 페이지를 파일로 보내 주세요.",
    gap_link_failed="이 링크의 내용은 더할 수 없어요: {reason}",
    link_forbidden="https://로 시작하는 공개 주소만 열 수 있어요. 페이지를 파일로 보내 주세요.",
    link_dead="열리지 않거나 너무 오래 걸려요. 브라우저에서 확인하고 페이지를 파일로 보내 주세요.",
    link_too_large="{megabytes}MB보다 커요. 필요한 부분만 파일로 보내 주세요.",
    gap_asked="다시 찾아봤어요. 질문 {asked}개 중 {answered}개에 이제 답이 있어요. 알려 드린 분: {told}명.",
    gap_added="문서에 더하고 다시 찾아봤어요. 질문 {asked}개 중 {answered}개에 이제 답이 있어요. 알려 드린 분: {told}명.",
    gap_in_vain=(
        "문서에 더하고 다시 찾아봤지만, 여기에서는 답을 찾지 못했어요. “The office closes at six.”처럼 질문의 낱말을 담은 "
        "온전한 영어 문장일 때 가장 잘 찾아요. 그래도 남겨 둘까요?"
    ),
    gap_keep="남겨 두기",
    gap_remove="빼기",
    gap_kept="남겨 두었어요.",
    gap_found="전에 물어보셨던 질문이에요. 이제 찾은 것이 있어요:",
    gap_gone="더 이상 열려 있지 않아요. 이미 해결되었거나 질문이 지워졌어요.",
    settings="이 대화방에서의 설정이에요. 눌러서 바꿔 주세요:",
    settings_clock="제 시계: {time} ({zone}). 소리 없는 시간과 주간 소식은 이 시계를 따라요.",
    setting_hears="답하는 때: {choice}",
    setting_language="언어: {choice}",
    setting_caution="답변: {choice}",
    setting_quiet="소리 없이: {choice}",
    setting_digest="부족한 것 주간 소식: {choice}",
    setting_digest_hour="소식 시각: {choice}",
    hears_commands="명령에만",
    hears_called="부를 때",
    hears_questions="답이 확실하면 언제나",
    language_automatic="쓰는 분의 언어",
    caution_usual="보통",
    caution_careful="꽤 확실할 때만",
    caution_strict="매우 확실할 때만",
    quiet_never="안 함",
    weekdays="월요일 화요일 수요일 목요일 금요일 토요일 일요일",
    quiet_always="항상",
    setting_sources="답의 바탕: {choice}",
    sources_both="이 대화방 + 공용",
    sources_own="이 대화방만",
    sources_shared="공용만",
    setting_adders="문서를 추가하는 사람: {choice}",
    adders_administrators="관리자",
    adders_everybody="누구나",
    doctor_private="여기서는 모든 메시지가 제게 와요. 질문을 그냥 써 주세요.",
    doctor_hears_all="✓ 여기서는 모든 메시지를 들어요. 이름을 부르셔도 돼요.",
    doctor_hears_since="✓ 개인정보 보호 모드가 꺼져 있어요. 그래도 이름을 불렀을 때 들리지 않으면, 저를 내보냈다가 다시 초대해 주세요.",
    doctor_hears_commands="✓ 이 그룹에서는 명령에만 답하도록 정해져 있어요. 관리자가 /settings에서 바꿀 수 있어요.",
    doctor_hears_some=(
        "! 여기서는 명령과 답장만 들려요. 모든 메시지가 들리게 하려면 저를 관리자로 지정하거나, @BotFather에게 /setprivacy를 보낸 뒤 "
        "저를 내보냈다가 다시 초대해 주세요."
    ),
    doctor_reactions_on="✓ 반응이 보여요. 👍와 👎를 평가로 세요.",
    doctor_reactions_off="! 반응이 보이지 않아요. 저를 관리자로 지정하거나 버튼으로 평가해 주세요.",
    doctor_inline_on="✓ 인라인 모드가 켜져 있어요. 어느 대화방에서든 제 이름과 질문을 써 주세요.",
    doctor_inline_off="! 인라인 모드가 꺼져 있어요. @BotFather에게 /setinline을 보내면 켤 수 있어요.",
    doctor_guest_on="✓ 게스트 모드가 켜져 있어요. 제가 없는 대화방에서도 제 이름과 질문을 써 주세요.",
    doctor_guest_off="! 게스트 모드가 꺼져 있어요. @BotFather에서 /mybots, Bot Settings, Guest Mode 순으로 켤 수 있어요.",
    doctor_your_id="회원님의 번호: {id}",
    doctor_chat_id="이 대화방의 번호: {id}",
    doctor_documents="! 읽지 못한 공용 문서:\n{problems}",
    too_old="이 답은 더 이상 기억나지 않아요. 다시 물어봐 주시면 새로 찾아볼게요.",
    rush="질문이 한꺼번에 많이 왔네요! 텔레그램에서 정한 속도로만 쓸 수 있어서, 하나도 빠뜨리지 않고 차례로 답해 드릴게요.",
    overloaded="지금은 질문이 너무 많아서 답할 수 없어요. 잠시 후에 다시 물어봐 주세요.",
    failed="제 쪽에 문제가 생겼어요. 잠시 후에 다시 물어봐 주세요.",
    may_not_write="여기서는 글을 쓰거나 파일을 보낼 수 없게 되어 있어요. 이 그룹의 관리자가 허용해 주실 수 있어요.",
    terminal_hello="제 문서에 대해 무엇이든 물어보세요. /help는 안내, /quit는 끝내기예요.",
    terminal_help=(
        "질문을 그냥 써 주세요.\n"
        "/search 단어    답을 뽑지 않고 가장 가까운 구절만 보여 드려요\n"
        "/sources        답의 바탕이 되는 문서 목록이에요\n"
        "/next /previous 지난 답의 다른 구절을 보여 드려요\n"
        "/more /less     인용문의 앞뒤를 보여 드려요\n"
        "/quit           끝내기"
    ),
    terminal_no_page="넘겨 볼 것이 없어요. 먼저 질문해 주세요.",
    terminal_disagreement="제가 잘못 이해했다면 다른 말로 다시 물어봐 주세요.",
    sandbox_at="브라우저에서 봇과 대화해 보세요: {address}",
    sandbox_end="아무것도 저장되지 않고, 이 컴퓨터 밖으로 나가는 것도 없어요. Ctrl-C로 끝내요.",
    sandbox_no_token=(
        "TELEGRAM_BOT_TOKEN이 없어서 샌드박스를 열어요. 텔레그램 봇을 만들려면 @BotFather에게 /newbot을 보내고, 받은 토큰을 .env에 "
        "TELEGRAM_BOT_TOKEN=…으로 적은 뒤 다시 시작해 주세요. 터미널에서 대화하려면 `citebot chat`을 쓰세요."
    ),
    sandbox_open="주의하세요: {host}에서는 이 컴퓨터에 접속할 수 있고 페이지 주소를 아는 사람이면 누구나 샌드박스를 쓸 수 있어요.",
    menu_ask="질문하기",
    menu_search="단어로 구절 찾기",
    menu_add="문서나 메모 추가하기",
    menu_sources="답의 바탕이 되는 문서",
    menu_privacy="무엇을 얼마나 저장하는지",
    menu_settings="이 대화방의 설정",
    menu_help="질문하는 방법",
)

JAPANESE = Texts(
    answer=Phrases(
        understood="次のように理解しました：{question}",
        perhaps="最も近い箇所です。答えではないかもしれません：",
        near="近い箇所です：",
        none="資料には書かれていません。推測はせず、「資料にない」とお答えします。",
        empty="資料には書かれていません。資料がまだ一つもありません。",
        otherwise="ほかの箇所にはこうあります：",
        source="{title}、第{paragraph}段落",
        leaf="{page}ページ",
        page="{pages}件中{page}件目",
        found="「{words}」に最も近い箇所です：",
        found_nothing="「{words}」に近い箇所はありません。",
    ),
    previous="« 前へ",
    next="次へ »",
    more="もっと見る",
    less="閉じる",
    more_passages="最も近い箇所を見る",
    source="出典",
    source_gone="「{title}」はもうありません。資料から外されました。",
    voted="ありがとうございます。記録しました。",
    vote_withdrawn="評価を取り消しました。",
    description=(
        "資料について何でもお尋ねください。答えとなる箇所をそのまま引用し、出典を添えてお答えします。書かれていなければそうお伝えします。\n\n"
        "ここにファイルを送れば、そのファイルからもお答えします。グループに招けば、尋ねられたときにそこでお答えします。\n\n"
        "今のところ、読めるのは英語の質問と資料だけです。"
    ),
    about="このチームの資料から、引用と出典を添えてお答えします。",
    start=(
        "こんにちは！資料について何でもお尋ねください。引用と出典でお答えし、書かれていなければそうお伝えします。"
        "今のところ、読めるのは英語の質問と資料だけです。"
    ),
    try_asking="/sources は読んだ資料の一覧、/search は箇所の検索、/help はそのほかの案内です。",
    help_private=(
        "質問をそのままお書きください。今のところ、読めるのは英語の質問と資料だけです。"
        "読み違えていたら、メッセージを編集すれば答えも直ります。\n\n"
        "/search 言葉：答えは取り出さず、最も近い箇所を示します\n"
        "/sources：答えのもとになる資料の一覧です\n"
        "ファイル（PDF、Word、テキストなど）を送るか、/add に続けてメモを書くと、ここでだけその内容からもお答えします\n\n"
        "答えの下の「次へ」「前へ」でほかの箇所に移り、「もっと見る」で引用の前後を、"
        "「出典」で資料を表示します。👍 と 👎 で答えの良し悪しを教えてください。\n\n"
        "うまく答えられなかった質問は名前なしで残し、運営者が内容を加えたらお知らせします。詳しくは /privacy をご覧ください。"
    ),
    help_admins="運営者の方へ：/stats は質問の集計、/gaps は資料に足りないもの、/doctor は使える機能を示します。",
    help_group=(
        "ここでは次の方法で質問できます：\n{ways}\n\n/search{suffix} で箇所を探し、/sources{suffix} で資料の一覧を表示します。"
        "ファイルやメッセージに /add{suffix} と返信すると、ここではその内容からもお答えします。\n\n"
        "うまく答えられなかった質問はこのグループの管理者が見られ（ /gaps{suffix} ）、内容が加わればお知らせします。"
        "詳しくは /privacy{suffix} をご覧ください。"
    ),
    way_command="• /ask{suffix} に続けて質問を書く",
    way_reply="• 私のメッセージに返信する",
    way_ask_reply="• 誰かのメッセージに /ask{suffix} と返信する：そのメッセージにお答えします",
    way_mention="• メッセージの中で {mention} と呼ぶ",
    way_question="• 私を呼ばずにそのまま尋ねる：答えに確信があればお答えします",
    added="こんにちは！このチームの資料から、引用と出典を添えてお答えします。",
    added_for_some="ここでは登録された方にだけお答えします。/pair に続けてコードを書いて送ると、グループ全体が登録されます。",
    sources_heading="{count}件の資料からお答えします：",
    sources_heading_one="1件の資料からお答えします：",
    sources_none="資料はまだありません。",
    sources_more="… ほか{count}件。",
    reading="「{name}」を読んでいます…",
    indexing="「{name}」を検索できるようにしています… {percent}%",
    added_document="✓ 「{title}」を受け取りました。これからここでこの資料からもお答えします。",
    replaced_document="✓ 「{title}」を新しい内容に置き換えました。",
    replaced_other="✓ 「{before}」を「{title}」に置き換えました。",
    unchanged_document="✓ 「{title}」は同じ内容ですでにあります。",
    pages="{count}ページ",
    passages="{count}か所",
    in_english="英語",
    try_this="こう聞いてみてください：",
    scanned="! 文字のない画像だけのページ：{pages}。読めませんので、文字認識（OCR）をしてからもう一度送ってください。",
    broken="! 壊れているページ：{pages}。ほかのページは読みました。",
    only_shared="! このチャットは全員の資料だけからお答えするため、この資料は使われません。/settings で変更できます。",
    unread_document="! 英語の資料ではないようです。今のところ英語しか読めないため、答えはほとんど見つけられません。",
    ask_apart="! ファイルに添えられた文にはお答えしません。ご質問は、別のメッセージでお送りください。",
    not_read="「{name}」は受け取れません：{reason}",
    not_fetched="今はTelegramから「{name}」を受け取れません。しばらくしてからもう一度送ってください。",
    file_too_large="大きすぎます。ボットは{megabytes}MBを超えるファイルを受け取れず、文章が多すぎる資料も読めません。分けて送ってください。",
    file_too_slow="読むのに時間がかかりすぎます。分けるか、テキストとして保存してください。",
    file_protected="パスワードがかかっています。パスワードなしで保存して、もう一度送ってください。",
    file_damaged="壊れているか、名前と違う形式です。開いて保存し直してから送ってください。",
    file_encoding="文字コードがわからず、読み違えるおそれがあります。UTF-8（Excelでは「CSV UTF-8」）で保存して、もう一度送ってください。",
    file_no_text="文字がありません。スキャンでしたら、先に文字認識（OCR）をしてください。",
    file_unknown="この種類のファイルは読めません。読めるのは {formats} です。そのどれかで保存してください。",
    name_taken="ここには「{name}」という別の資料があります。置き換えられるのは管理者と追加した方だけです。",
    add_how=(
        "ファイルを送ってくだされば、その資料からお答えします。コマンドに続けてメモを書くこともできます：/add The office key is with Ben. "
        "メッセージに /add と返信すると、それを覚えます。"
    ),
    add_how_group=(
        "ファイルやメッセージに /add{suffix} と返信するか、コマンドに続けてメモを書いてください。"
        "ファイルの説明に /add{suffix} と書いて送ることもできます。"
    ),
    adding_admins="ここではこのグループの管理者だけが資料を追加できます。管理者は /settings で全員に許可できます。",
    own_sources="このチャットの資料は{count}件です。番号をタップすると、開く・置き換える・外すことができます：",
    own_sources_one="このチャットの資料は1件です。番号をタップすると、開く・置き換える・外すことができます：",
    shared_sources="こちらは全員の資料です：",
    added_by="{day}に{adder}さんが追加",
    open="開く",
    replace="置き換える",
    remove="外す",
    to_sources="« すべての資料",
    replace_how=(
        "このメッセージに新しいファイルで返信すると、この資料と置き換わります。"
        "メモの場合は、/add に続けて新しい内容を書いて返信してください。"
    ),
    really_remove="「{title}」を外しますか。この資料からはお答えしなくなります。",
    yes_remove="はい、外します",
    no_keep="いいえ、残します",
    removed="「{title}」を外しました。この資料からはもうお答えしません。",
    document_gone="この資料はすでに外されています。",
    withdrawn_answer="この内容のあった資料が外されたため、もうお見せできません。",
    not_yours="この資料を変更できるのは、グループの管理者と追加した方だけです。",
    too_long_to_open="「{title}」は長すぎて、ここには送れません。",
    empty_ask="何をお知りになりたいですか。コマンドに続けてお書きください：/ask when was it?",
    empty_ask_group="何をお知りになりたいですか。コマンドに続けて書くか、誰かのメッセージに /ask{suffix} と返信してください。",
    empty_search="どの言葉を探しましょうか。コマンドに続けてお書きください：/search travel expenses",
    empty_mention="はい。名前の横に質問を書いていただければお調べします。",
    unknown_command="知らないコマンドです。質問をそのまま書くか、/help をご覧ください。",
    only_text="文字と資料だけ読めます。質問を書くか、ファイル（PDF、Word、テキストなど）を送ってくだされば、その資料からお答えします。",
    courtesy="お役に立てれば幸いです。資料について何でもお尋ねください。",
    greeting="こんにちは！資料について何でもお尋ねください。",
    disagreement="読み違えていたら、質問を編集するか、👎 を押してください。",
    no_question="お調べできる質問がありません。短い言葉でお尋ねください。例：when was the office opened?",
    question_too_long="{most}文字を超えています。一、二文でお尋ねください。",
    withdrawn="この質問は取り消されました。",
    not_served=(
        "決められた方々にだけお答えしています。対象の方は、運営者からコードを受け取り、ここに送ってください：/pair ABCD-EFGH。"
        "または、運営者にこの番号をお伝えください：{id}"
    ),
    not_served_chat="このチャットはまだ登録されていません。運営者がコード（/pair ABCD-EFGH）かこの番号で登録できます：{id}",
    leaving="これで退出します。コードを受け取ったら、もう一度追加して、ここに送ってください。",
    not_served_as_group=(
        "グループの名前で書かれているため、どなたか分かりません。ご本人として書くか、グループ全体を登録してください：/pair ABCD-EFGH。"
    ),
    not_served_press="登録された方だけが使えるボタンです。",
    press_gone="このメッセージはもう変えられません。もう一度コマンドを送っていただければ、新しくお書きします。",
    not_served_inline="決められた方々にだけお答えしています",
    not_served_guest="決められた方々にだけお答えしています。その一員でしたら、個人チャットで書いてください。登録の方法をお伝えします。",
    pair_how="コマンドに続けてコードをお書きください：/pair ABCD-EFGH。コードは運営者が citebot pair で作れます。",
    pair_wrong="このコードは正しくないか、期限が切れています。運営者が citebot pair で新しく作れます。",
    pair_slow="何度も試されました。10分ほどお待ちください。",
    paired="ようこそ！これからお答えします。",
    paired_group="ようこそ！これからここの皆さんにお答えします。",
    too_many="質問がたくさんですね。今のご質問はお受けできませんでした。{seconds}秒ほどしてから、もう一度お尋ねください。",
    too_many_presses="少しゆっくりお願いします。{seconds}秒ほどしてから、もう一度お試しください。",
    too_many_here="少しお待ちください。グループでは書ける回数に限りがあります。{seconds}秒ほどしてから、もう一度お試しください。",
    too_many_inline="質問がたくさんですね。少しお待ちください",
    privacy=(
        "ボタンや編集、続けての質問のため、また資料に足りないものを知るために、質問と答え、評価を保存します。"
        "グループの質問はそのグループの管理者が、個人チャットの質問は運営者が名前なしで見られます。"
        "足りない内容が加わったら、お尋ねになった方にお知らせします。"
        "ログに質問は残らず、ここに書くものと、渡されたリンクを開く通信（有効な場合のみ）以外は外に出ません。"
    ),
    kept_days="これらはすべて{days}日後に消去されます。",
    kept_always="消去する日は決められていません。",
    privacy_documents=(
        "いただいた資料は、誰かが外すまで（/sources）残ります。個人チャットの資料はご本人だけ、グループの資料はそのメンバーだけのもので、"
        "グループでは誰が追加したかも見えます。"
    ),
    privacy_erase=(
        "/forgetme で、これまでの質問と評価をすべてのチャットから、また個人チャットの資料を消去できます。その前に確認します。"
        "グループに渡した資料は残ります。"
    ),
    really_forget="すべてのチャットでの質問と評価、個人チャットの資料を消去しますか。元には戻せません。",
    yes_forget="はい、消去します",
    nothing_forgotten="何も消去していません。",
    forget_others="ほかの方にお尋ねしています。ご自分の分を消去するには、ご自身で /forgetme をお送りください。",
    forgotten="すべてのチャットの質問と評価、個人チャットの資料を消去しました。私のメッセージは残りますので、必要なら削除してください。",
    forget_who="グループの名前で書かれているため、どなたの質問か分かりません。ご本人として、できれば個人チャットでお書きください。",
    admins_only="管理者だけができます。",
    admins_only_close="答えになる内容を加えられるのは、このグループの管理者だけです。",
    admins_only_private="管理者だけができます。運営者が CITEBOT_ADMINS にあなたの番号（{id}）を書くと管理者になれます。",
    stats="質問{questions}件：回答{answered}件、推定{perhaps}件、資料になし{none}件。\n👍 {up}  👎 {down}",
    gaps_most="資料に足りないものです。質問の多い順です（{pages}ページ中{page}ページ）。番号を押すと開きます：",
    gaps_newest="資料に足りないものです。新しい順です（{pages}ページ中{page}ページ）。番号を押すと開きます：",
    gaps_none="今は残っていません。答えの見つからなかった質問も、👎 の付いた答えもありません。",
    gaps_all="足りないものをすべて見る",
    digest="前回のまとめの後、資料で答えられなかったものです：{count}件。番号を押すと開きます：",
    gaps_by_count="質問の多い順",
    gaps_by_date="新しい順",
    gap_facts="質問{count}回、尋ねた方{askers}人、最後は{last}",
    gap_said="私の答え：{answer}",
    gap_how=(
        "答えをご存じですか。このメッセージに、答えになる{ways}で返信してください。資料に加えて調べ直し、お尋ねになった方にお知らせします。"
    ),
    gap_how_private=(
        "答えをご存じですか。このメッセージに、答えになる{ways}で返信してください。お尋ねになった方の資料に加えて調べ直し、お知らせします。"
        "全員にお答えするには、資料フォルダー（corpus）にお入れください。"
    ),
    gap_unread="まだ読めない言語の質問のため、今のところ資料を加えてもお答えできません。",
    gap_wordings="質問の言い方を見る",
    gap_ask="今すぐ調べ直す",
    gap_dismiss="見送る",
    gap_dismissed="見送りました。もう一度質問があるか、👎がつけば戻ります。",
    gap_undo="元に戻す",
    gap_what="{ways}で返信してください。それ以外は読めません。",
    gap_ways="文かファイル",
    gap_ways_links="文、リンク、ファイルのいずれか",
    gap_link="ここではリンクを開けません。答えになる文をそのまま書くか、ページをファイルで送ってください。",
    gap_link_failed="このリンクの内容は加えられません：{reason}",
    link_forbidden="https:// で始まる公開ページだけ開けます。ページをファイルで送ってください。",
    link_dead="開けないか、時間がかかりすぎます。ブラウザで確かめて、ページをファイルで送ってください。",
    link_too_large="{megabytes}MBを超えています。必要な部分をファイルで送ってください。",
    gap_asked="調べ直しました。質問{asked}件のうち{answered}件に答えがあります。お知らせした方：{told}人。",
    gap_added="資料に加えて調べ直しました。質問{asked}件のうち{answered}件に答えがあります。お知らせした方：{told}人。",
    gap_in_vain=(
        "資料に加えて調べ直しましたが、ここからは答えを見つけられませんでした。“The office closes at six.” のように、質問の言葉を"
        "含む完全な英文だと最もよく見つけられます。それでも残しますか。"
    ),
    gap_keep="残す",
    gap_remove="外す",
    gap_kept="残しました。",
    gap_found="以前お尋ねになった質問です。見つかったものがあります：",
    gap_gone="もう残っていません。解決したか、質問が消去されました。",
    settings="このチャットでの設定です。タップで変更できます：",
    settings_clock="私の時計：{time}（{zone}）。音なしの時間帯と週間まとめはこれに従います。",
    setting_hears="答える時：{choice}",
    setting_language="言語：{choice}",
    setting_caution="答え：{choice}",
    setting_quiet="音なし：{choice}",
    setting_digest="足りないものの週間まとめ：{choice}",
    setting_digest_hour="まとめの時刻：{choice}",
    hears_commands="コマンドのみ",
    hears_called="呼ばれた時",
    hears_questions="答えに確信があればいつでも",
    language_automatic="書いた方の言語",
    caution_usual="普通",
    caution_careful="かなり確かな時だけ",
    caution_strict="非常に確かな時だけ",
    quiet_never="なし",
    weekdays="月曜日 火曜日 水曜日 木曜日 金曜日 土曜日 日曜日",
    quiet_always="いつも",
    setting_sources="答えのもと：{choice}",
    sources_both="このチャット＋共有",
    sources_own="このチャットのみ",
    sources_shared="共有のみ",
    setting_adders="資料を追加できる人：{choice}",
    adders_administrators="管理者",
    adders_everybody="全員",
    doctor_private="ここではすべてのメッセージが届きます。質問をそのままお書きください。",
    doctor_hears_all="✓ ここではすべてのメッセージが届きます。名前を呼んでいただいても結構です。",
    doctor_hears_since="✓ プライバシーモードは無効です。それでも名前の呼びかけが届かなければ、私を一度外して追加し直してください。",
    doctor_hears_commands="✓ このグループでは、コマンドにだけ答える設定になっています。管理者が /settings で変えられます。",
    doctor_hears_some=(
        "! ここではコマンドと返信だけが届きます。すべてのメッセージが届くようにするには、私を管理者にするか、@BotFather に /setprivacy を"
        "送ってから、一度外して追加し直してください。"
    ),
    doctor_reactions_on="✓ リアクションが見えます。👍 と 👎 を評価として数えます。",
    doctor_reactions_off="! リアクションは見えません。私を管理者にするか、ボタンで評価してください。",
    doctor_inline_on="✓ インラインモードは有効です。どのチャットでも名前と質問を書いてください。",
    doctor_inline_off="! インラインモードは無効です。@BotFather に /setinline を送ると有効にできます。",
    doctor_guest_on="✓ ゲストモードは有効です。私のいないチャットでも、名前と質問を書いてください。",
    doctor_guest_off="! ゲストモードは無効です。@BotFather で /mybots、Bot Settings、Guest Mode の順に進むと有効にできます。",
    doctor_your_id="あなたの番号：{id}",
    doctor_chat_id="このチャットの番号：{id}",
    doctor_documents="! 読めなかった共有の資料：\n{problems}",
    too_old="この答えはもう覚えていません。もう一度お尋ねいただければ、新たにお調べします。",
    rush="一度にたくさんのご質問をありがとうございます。Telegramでは書ける速さに限りがあるため、順番にもれなくお答えします。",
    overloaded="ただいまご質問が多く、お答えしきれません。少ししてからもう一度お尋ねください。",
    failed="こちらで問題が起きました。しばらくしてからもう一度お尋ねください。",
    may_not_write="ここでは書き込みやファイルの送信が許可されていません。このグループの管理者が許可できます。",
    terminal_hello="資料について何でもお尋ねください。/help は案内、/quit は終了です。",
    terminal_help=(
        "質問をそのままお書きください。\n"
        "/search 言葉    答えは取り出さず、最も近い箇所を示します\n"
        "/sources        答えのもとになる資料の一覧です\n"
        "/next /previous 前の答えのほかの箇所を示します\n"
        "/more /less     引用の前後を示します\n"
        "/quit           終了します"
    ),
    terminal_no_page="めくるものがありません。まず質問をお書きください。",
    terminal_disagreement="読み違えていたら、別の言葉でもう一度お尋ねください。",
    sandbox_at="ブラウザーでボットと話せます: {address}",
    sandbox_end="何も保存されず、このコンピューターの外には何も出ません。Ctrl-C で終わります。",
    sandbox_no_token=(
        "TELEGRAM_BOT_TOKEN がないため、サンドボックスを開きます。Telegram のボットにするには、@BotFather に /newbot を送り、受け取った"
        "トークンを .env に TELEGRAM_BOT_TOKEN=… と書いて、もう一度起動してください。端末で対話するには `citebot chat` を使います。"
    ),
    sandbox_open="ご注意ください: {host} では、このコンピューターに届きページのアドレスを知る人なら誰でもサンドボックスを使えます。",
    menu_ask="質問する",
    menu_search="言葉で箇所を探す",
    menu_add="資料やメモを追加する",
    menu_sources="答えのもとになる資料",
    menu_privacy="保存するものと期間",
    menu_settings="このチャットの設定",
    menu_help="質問のしかた",
)

LANGUAGES: Mapping[str, Texts] = MappingProxyType({"en": ENGLISH, "ko": KOREAN, "ja": JAPANESE})
"""By ISO 639-1 code."""


def texts_for(language_code: str | None) -> Texts:
    """The interface for an IETF language tag such as `ko` or `pt-br`; English where there is none."""
    language = (language_code or "en").split("-")[0].lower()
    return LANGUAGES.get(language, ENGLISH)
